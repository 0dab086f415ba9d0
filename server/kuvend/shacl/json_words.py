"""What is wrong with JSON-LD, RDF/XML and encodings, in each language; the first is as read."""

from __future__ import annotations

from kuvend.shacl.wording import Text
from kuvend.shacl.wording import text as _t

JSON_TEXT: tuple[Text, ...] = (
    _t(
        "something follows the end of the JSON text.",
        "pas fundit të tekstit JSON vjen edhe diçka.",
        "після кінця тексту JSON ще щось є.",
        "JSON metninin sonundan sonra bir şey daha var.",
    ),
    _t(
        "nested more than {count} levels deep.",
        "më shumë se {count} nivele njëri brenda tjetrit.",
        "вкладено глибше ніж на {count} рівнів.",
        "{count} düzeyden fazla iç içe.",
    ),
    _t(
        "nested too deep.", "tepër nivele njëri brenda tjetrit.", "вкладено надто глибоко.",
        "fazla iç içe.",
    ),
    _t(
        "the text ends where a value is expected.",
        "teksti mbaron aty ku pritet një vlerë.",
        "текст закінчується там, де має бути значення.",
        "metin, değer beklenen yerde bitiyor.",
    ),
    _t(
        "this string is not closed, or has a character that must be escaped.",
        "ky varg nuk është mbyllur, ose ka një shenjë që duhet shkruar me \\.",
        "цей рядок не закрито, або в ньому є символ, який пишуть через \\.",
        "bu dizgi kapatılmamış ya da \\ ile yazılması gereken bir karakter içeriyor.",
    ),
    _t(
        "a value is missing here; is there a comma too many before it?",
        "këtu mungon një vlerë; mos ka një presje më tepër para saj?",
        "тут бракує значення; чи немає перед ним зайвої коми?",
        "burada bir değer eksik; öncesinde fazladan bir virgül mü var?",
    ),
    _t(
        "JSON strings stand in double quotation marks.",
        "vargjet në JSON shkruhen në thonjëza dyshe.",
        "рядки в JSON пишуть у подвійних лапках.",
        "JSON dizgileri çift tırnak içinde yazılır.",
    ),
    _t(
        "{mark} starts no JSON value.",
        "{mark} nuk nis asnjë vlerë JSON.",
        "{mark} не починає значення JSON.",
        "{mark} bir JSON değeri başlatmaz.",
    ),
    _t(
        "{shown} is not a JSON value.",
        "{shown} nuk është vlerë JSON.",
        "{shown} — не значення JSON.",
        "{shown} bir JSON değeri değil.",
    ),
    _t(
        "Text and dates stand in double quotation marks; "
        "a number has digits alone and no zero before them.",
        "Teksti dhe datat shkruhen në thonjëza dyshe; "
        "numri ka vetëm shifra dhe asnjë zero përpara.",
        "Текст і дати пишуть у подвійних лапках; "
        "число має лише цифри, без нуля на початку.",
        "Metin ve tarihler çift tırnak içinde yazılır; "
        "sayıda yalnız rakam olur, başında sıfır olmaz.",
    ),
    _t(
        "a decimal number is written with a point, not with a comma.",
        "numri dhjetor shkruhet me pikë, jo me presje.",
        "десятковий дріб пишуть із крапкою, а не з комою.",
        "ondalık sayı virgülle değil, noktayla yazılır.",
    ),
    _t("JSON has no comments.", "JSON nuk ka komente.", "У JSON немає коментарів.",
       "JSON’da yorum olmaz."),
    _t(
        "a key in double quotation marks is expected here.",
        "këtu pritet një çelës në thonjëza dyshe.",
        "тут має бути ключ у подвійних лапках.",
        "burada çift tırnak içinde bir anahtar beklenir.",
    ),
    _t(
        "':' is missing after the key.", "pas çelësit mungon ':'.", "після ключа бракує ':'.",
        "anahtardan sonra ':' eksik.",
    ),
    _t(
        "a comma too many before {mark}.",
        "një presje më tepër para {mark}.",
        "зайва кома перед {mark}.",
        "{mark} öncesinde fazladan bir virgül.",
    ),
    _t(
        "',' or {mark} is missing here.",
        "këtu mungon ',' ose {mark}.",
        "тут бракує ',' або {mark}.",
        "burada ',' ya da {mark} eksik.",
    ),
)  # fmt: skip

JSON_LD: tuple[Text, ...] = (
    _t(
        "the context {name} is not fetched.",
        "konteksti {name} nuk merret nga rrjeti.",
        "контекст {name} не завантажують.",
        "{name} bağlamı ağdan alınmaz.",
    ),
    _t(
        "Write the context out, or use {name}.",
        "Shkruajeni kontekstin të plotë, ose përdorni {name}.",
        "Випишіть контекст або вживайте {name}.",
        "Bağlamı açıkça yazın ya da {name} kullanın.",
    ),
    _t(
        "the value of {name} must be a string.",
        "vlera e {name} duhet të jetë varg.",
        "значення {name} має бути рядком.",
        "{name} değeri bir dizgi olmalı.",
    ),
    _t(
        "a text has a language or a type, not both.",
        "një tekst ka gjuhë ose lloj, jo të dyja.",
        "текст має мову або тип, а не те й те.",
        "bir metnin ya dili ya türü olur, ikisi birden olmaz.",
    ),
    _t(
        "Take @language or @type away.",
        "Hiqni @language ose @type.",
        "Приберіть @language або @type.",
        "@language ya da @type anahtarını kaldırın.",
    ),
    _t(
        "an object holds a text or number (@value) or names a thing (@id), not both.",
        "një objekt mban tekst a numër (@value) ose emërton një gjë (@id), jo të dyja.",
        "об’єкт містить текст чи число (@value) або називає річ (@id), а не те й те.",
        "bir nesne ya metin ya da sayı taşır (@value) ya da bir şeyi adlandırır (@id).",
    ),
    _t("Keep one of them.", "Mbani njërin prej tyre.", "Залиште одне з них.", "Birini bırakın."),
    _t(
        "@value holds one text, number, true or false.",
        "@value mban një tekst, një numër, true ose false.",
        "@value містить один текст, одне число, true або false.",
        "@value tek bir metin, sayı, true ya da false taşır.",
    ),
    _t(
        "Write one object for each value.",
        "Shkruani nga një objekt për çdo vlerë.",
        "Пишіть окремий об’єкт для кожного значення.",
        "Her değer için bir nesne yazın.",
    ),
    _t(
        "a language goes with a text, not with a number.",
        "gjuha shkon me një tekst, jo me një numër.",
        "мова буває в тексту, а не в числа.",
        "dil bir metne verilir, sayıya verilmez.",
    ),
    _t(
        "Write the value in quotation marks, or take @language away.",
        "Shkruajeni vlerën në thonjëza, ose hiqni @language.",
        "Візьміть значення в лапки або приберіть @language.",
        "Değeri tırnak içinde yazın ya da @language anahtarını kaldırın.",
    ),
    _t(
        "an object with @list or @set has no other keys.",
        "një objekt me @list ose @set nuk ka çelësa të tjerë.",
        "об’єкт із @list чи @set не має інших ключів.",
        "@list ya da @set olan bir nesnede başka anahtar olmaz.",
    ),
    _t(
        "Write the rest in an object around it.",
        "Shkruani pjesën tjetër në një objekt rreth tij.",
        "Решту запишіть в об’єкті довкола нього.",
        "Kalanını onu saran bir nesnede yazın.",
    ),
    _t(
        "an object with @value is a text or number and has no properties.",
        "një objekt me @value është tekst a numër dhe nuk ka veti.",
        "об’єкт із @value — це текст чи число і не має властивостей.",
        "@value olan bir nesne metin ya da sayıdır, özelliği olmaz.",
    ),
    _t(
        "To say more of a thing, name it with @id in place of @value.",
        "Për të thënë më shumë për një gjë, emërtojeni me @id në vend të @value.",
        "Щоб сказати більше про річ, назвіть її через @id замість @value.",
        "Bir şey hakkında daha çok söylemek için onu @value yerine @id ile adlandırın.",
    ),
    _t(
        "the type {name} is no address.",
        "lloji {name} nuk është adresë.",
        "тип {name} — не адреса.",
        "{name} türü bir adres değil.",
    ),
    _t(
        "Write it with its prefix, such as xsd:date or kv:Municipality.",
        "Shkruajeni me parashtesë, si xsd:date ose kv:Municipality.",
        "Пишіть його з префіксом, як-от xsd:date чи kv:Municipality.",
        "Önekiyle yazın, örneğin xsd:date ya da kv:Municipality.",
    ),
    _t(
        "the key {key} means nothing here, so its value would be lost.",
        "çelësi {key} s’ka kuptim këtu, prandaj vlera do të humbte.",
        "ключ {key} тут нічого не означає, тож його значення пропало б.",
        "{key} anahtarının burada anlamı yok; değeri kaybolurdu.",
    ),
    _t(
        "the class {name} means nothing here, so it would be lost.",
        "klasa {name} s’ka kuptim këtu, prandaj do të humbte.",
        "клас {name} тут нічого не означає, тож він пропав би.",
        "{name} sınıfının burada anlamı yok; kaybolurdu.",
    ),
    _t(
        "Write it with its prefix, such as kv:Municipality.",
        "Shkruajeni me parashtesë, si kv:Municipality.",
        "Пишіть його з префіксом, як-от kv:Municipality.",
        "Önekiyle yazın, örneğin kv:Municipality.",
    ),
    _t(
        "a value that is null says nothing.",
        "vlera null nuk thotë asgjë.",
        "значення null нічого не каже.",
        "null değeri bir şey söylemez.",
    ),
    _t(
        "Write the value, or leave the property out.",
        "Shkruani vlerën, ose hiqeni vetinë.",
        "Напишіть значення або приберіть властивість.",
        "Değeri yazın ya da özelliği çıkarın.",
    ),
    _t("Write {near}.", "Shkruani {near}.", "Пишіть {near}.", "{near} yazın."),
    _t(
        "Define it in the @context, or write a whole IRI or a prefixed name.",
        "Përcaktojeni te @context, ose shkruani IRI të plotë a emër me parashtesë.",
        "Визначте його в @context або напишіть повний IRI чи назву з префіксом.",
        "@context içinde tanımlayın ya da tam IRI veya önekli ad yazın.",
    ),
    _t(
        "the key {key} stands twice in one object.",
        "çelësi {key} është dy herë në një objekt.",
        "ключ {key} стоїть двічі в одному об’єкті.",
        "{key} anahtarı bir nesnede iki kez geçiyor.",
    ),
    _t(
        "Keep one of them, or write all its values in one list: {marks}.",
        "Mbani njërin, ose shkruani të gjitha vlerat në një listë: {marks}.",
        "Залиште один або запишіть усі значення одним списком: {marks}.",
        "Birini bırakın ya da bütün değerleri tek listede yazın: {marks}.",
    ),
    _t(
        "the key {key} is no keyword of JSON-LD, so its value would be lost.",
        "çelësi {key} nuk është fjalë e JSON-LD, prandaj vlera do të humbte.",
        "ключ {key} — не ключове слово JSON-LD, тож його значення пропало б.",
        "{key} bir JSON-LD anahtar sözcüğü değil; değeri kaybolurdu.",
    ),
    _t(
        "the address {name} has {letter}.",
        "adresa {name} ka {letter}.",
        "в адресі {name} є {letter}.",
        "{name} adresinde {letter} var.",
    ),
    _t(
        "the address {name} has no letters.",
        "adresa {name} nuk ka shkronja.",
        "в адресі {name} немає літер.",
        "{name} adresinde harf yok.",
    ),
    _t(
        "An address has no blanks, quotation marks or braces; write the name with hyphens.",
        "Adresa nuk ka hapësira, thonjëza as kllapa; shkruajeni emrin me viza.",
        "В адресі немає пробілів, лапок чи дужок; пишіть назву через дефіси.",
        "Adreste boşluk, tırnak ya da ayraç olmaz; adı kısa çizgilerle yazın.",
    ),
)

XML_AND_BYTES: tuple[Text, ...] = (
    _t(
        "a document type is not read here.",
        "lloji i dokumentit nuk lexohet këtu.",
        "тип документа тут не читають.",
        "belge türü burada okunmaz.",
    ),
    _t(
        "Take <!DOCTYPE …> away and write IRIs out.",
        "Hiqni <!DOCTYPE …> dhe shkruani IRI-të të plota.",
        "Приберіть <!DOCTYPE …> і випишіть IRI повністю.",
        "<!DOCTYPE …> satırını kaldırın ve IRI’leri tam yazın.",
    ),
    _t("Name the nodes.", "Emërtoni nyjat.", "Назвіть вузли.", "Düğümlere ad verin."),
    _t("the text is UTF-16.", "teksti është UTF-16.", "текст у UTF-16.", "metin UTF-16."),
    _t(
        "Save it as UTF-8.", "Ruajeni si UTF-8.", "Збережіть його в UTF-8.",
        "UTF-8 olarak kaydedin.",
    ),
    _t(
        "here are bytes that are not UTF-8.",
        "këtu ka bajte që nuk janë UTF-8.",
        "тут байти, що не є UTF-8.",
        "burada UTF-8 olmayan baytlar var.",
    ),
    _t(
        "Save the file as UTF-8; it looks like {encoding}.",
        "Ruajeni skedarin si UTF-8; duket si {encoding}.",
        "Збережіть файл у UTF-8; він схожий на {encoding}.",
        "Dosyayı UTF-8 olarak kaydedin; {encoding} gibi görünüyor.",
    ),
    _t(
        "Save the file as UTF-8.",
        "Ruajeni skedarin si UTF-8.",
        "Збережіть файл у UTF-8.",
        "Dosyayı UTF-8 olarak kaydedin.",
    ),
)  # fmt: skip
