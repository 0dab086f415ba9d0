"""What is wrong with a Turtle text, in each language; the first is what the reader says."""

from __future__ import annotations

from kuvend.shacl.wording import Text
from kuvend.shacl.wording import text as _t

# What is missing; what stands there instead comes last, so that it needs no case of its own.
MISSING: tuple[Text, ...] = (
    _t(
        "the statement is not closed: '.' is missing before {shown}.",
        "pohimi nuk është mbyllur: mungon '.', dhe më pas vjen {shown}.",
        "твердження не закрито: бракує '.', а далі стоїть {shown}.",
        "ifade kapatılmamış: '.' eksik, ardından {shown} geliyor.",
    ),
    _t(
        "'.' is missing after {word}, before {shown}.",
        "pas {word} mungon '.', dhe më pas vjen {shown}.",
        "після {word} бракує '.', а далі стоїть {shown}.",
        "{word} satırında '.' eksik, ardından {shown} geliyor.",
    ),
    _t(
        "the graph is not closed: '}' is missing before {shown}.",
        "grafi nuk është mbyllur: mungon '}', dhe më pas vjen {shown}.",
        "граф не закрито: бракує '}', а далі стоїть {shown}.",
        "grafik kapatılmamış: '}' eksik, ardından {shown} geliyor.",
    ),
    _t(
        "the annotation is not closed: '|}' is missing before {shown}.",
        "shënimi nuk është mbyllur: mungon '|}', dhe më pas vjen {shown}.",
        "анотацію не закрито: бракує '|}', а далі стоїть {shown}.",
        "not kapatılmamış: '|}' eksik, ardından {shown} geliyor.",
    ),
    _t(
        "the blank node is not closed: ']' is missing before {shown}.",
        "nyja pa emër nuk është mbyllur: mungon ']', dhe më pas vjen {shown}.",
        "порожній вузол не закрито: бракує ']', а далі стоїть {shown}.",
        "boş düğüm kapatılmamış: ']' eksik, ardından {shown} geliyor.",
    ),
    _t(
        "the list is not closed: ')' is missing before {shown}.",
        "lista nuk është mbyllur: mungon ')', dhe më pas vjen {shown}.",
        "список не закрито: бракує ')', а далі стоїть {shown}.",
        "liste kapatılmamış: ')' eksik, ardından {shown} geliyor.",
    ),
    _t(
        "{mark} is missing before {shown}.",
        "mungon {mark}, dhe më pas vjen {shown}.",
        "бракує {mark}, а далі стоїть {shown}.",
        "{mark} eksik, ardından {shown} geliyor.",
    ),
    _t(
        "a property (an IRI or a prefixed name) is missing before {shown}.",
        "mungon një veti (IRI ose emër me parashtesë), dhe më pas vjen {shown}.",
        "бракує властивості (IRI або назви з префіксом), а далі стоїть {shown}.",
        "bir özellik (IRI ya da önekli ad) eksik, ardından {shown} geliyor.",
    ),
    _t(
        "a value is missing before {shown}.",
        "mungon një vlerë, dhe më pas vjen {shown}.",
        "бракує значення, а далі стоїть {shown}.",
        "bir değer eksik, ardından {shown} geliyor.",
    ),
    _t(
        "the text opened with {quote} is never closed.",
        "teksti që hapet me {quote} nuk mbyllet kurrë.",
        "текст, відкритий через {quote}, так і не закрито.",
        "{quote} ile açılan metin hiç kapatılmamış.",
    ),
    _t(
        "Add {quote} at its end.",
        "Shtoni {quote} në fund të tij.",
        "Додайте {quote} в кінці.",
        "Sonuna {quote} ekleyin.",
    ),
    _t(
        "the text opened with {quote} is not closed on its line.",
        "teksti që hapet me {quote} nuk mbyllet në rreshtin e vet.",
        "текст, відкритий через {quote}, не закрито в тому самому рядку.",
        "{quote} ile açılan metin kendi satırında kapatılmamış.",
    ),
    _t(
        "Close it with {quote}, or use three quotation marks around text of several lines; "
        "a backslash is written {slash}.",
        "Mbylleni me {quote}, ose përdorni tri thonjëza rreth tekstit me disa rreshta; "
        "viza e prapme shkruhet {slash}.",
        "Закрийте його через {quote} або візьміть текст із кількох рядків у три лапки; "
        "зворотну скісну риску пишуть {slash}.",
        "{quote} ile kapatın ya da çok satırlı metni üç tırnak içine alın; "
        "ters eğik çizgi {slash} diye yazılır.",
    ),
)

# What is wanted, and what stands there.
WANTED: tuple[Text, ...] = (
    _t(
        "VERSION wants a version in quotes, not {shown}.",
        "VERSION kërkon një version në thonjëza, e jo {shown}.",
        "VERSION вимагає версії в лапках, а тут {shown}.",
        "VERSION tırnak içinde bir sürüm ister; burada {shown} var.",
    ),
    _t(
        "VERSION wants single quotation marks, not {shown}.",
        "VERSION kërkon thonjëza të njëfishta, e jo {shown}.",
        "VERSION вимагає одинарних лапок, а тут {shown}.",
        "VERSION tek tırnak ister; burada {shown} var.",
    ),
    _t(
        "a prefix declaration wants a name with a colon, not {shown}.",
        "deklarimi i parashtesës kërkon një emër me dy pika, e jo {shown}.",
        "оголошення префікса вимагає назви з двокрапкою, а тут {shown}.",
        "önek bildirimi iki noktalı bir ad ister; burada {shown} var.",
    ),
    _t(
        "a prefix declaration wants a name that ends in a colon, not {shown}.",
        "deklarimi i parashtesës kërkon një emër që mbaron me dy pika, e jo {shown}.",
        "оголошення префікса вимагає назви, що закінчується двокрапкою, а тут {shown}.",
        "önek bildirimi iki noktayla biten bir ad ister; burada {shown} var.",
    ),
    _t(
        "a prefix declaration wants an IRI in angle brackets, not {shown}.",
        "deklarimi i parashtesës kërkon një IRI në kllapa këndore, e jo {shown}.",
        "оголошення префікса вимагає IRI в кутових дужках, а тут {shown}.",
        "önek bildirimi açılı ayraç içinde bir IRI ister; burada {shown} var.",
    ),
    _t(
        "a base declaration wants an IRI in angle brackets, not {shown}.",
        "deklarimi i bazës kërkon një IRI në kllapa këndore, e jo {shown}.",
        "оголошення бази вимагає IRI в кутових дужках, а тут {shown}.",
        "taban bildirimi açılı ayraç içinde bir IRI ister; burada {shown} var.",
    ),
    _t(
        "a graph name is an IRI or a blank node, not {shown}.",
        "emri i grafit është IRI ose nyje pa emër, e jo {shown}.",
        "назва графа — IRI або порожній вузол, а тут {shown}.",
        "grafik adı bir IRI ya da boş düğümdür; burada {shown} var.",
    ),
    _t(
        "a graph wants '{', not {shown}.",
        "grafi kërkon '{', e jo {shown}.",
        "граф вимагає '{', а тут {shown}.",
        "grafik '{' ister; burada {shown} var.",
    ),
    _t(
        "after '^^' a datatype is expected, not {shown}.",
        "pas '^^' pritet një lloj të dhënash, e jo {shown}.",
        "після '^^' має бути тип даних, а тут {shown}.",
        "'^^' işaretinden sonra bir veri türü beklenir; burada {shown} var.",
    ),
    _t(
        "an address stands in angle brackets, <…>, here is {shown}.",
        "adresa shkruhet në kllapa këndore, <…>, kurse këtu është {shown}.",
        "адресу пишуть у кутових дужках, <…>, а тут {shown}.",
        "adres açılı ayraç içinde yazılır: <…>; burada {shown} var.",
    ),
    _t(
        "a literal cannot be a subject: {shown}.",
        "një vlerë nuk mund të jetë subjekt: {shown}.",
        "літерал не може бути суб’єктом: {shown}.",
        "bir değer özne olamaz: {shown}.",
    ),
    _t(
        "a statement starts with an IRI, a prefixed name or a blank node, not {shown}.",
        "pohimi fillon me IRI, me emër me parashtesë ose me nyje pa emër, e jo me {shown}.",
        "твердження починається з IRI, назви з префіксом або порожнього вузла, а тут {shown}.",
        "ifade bir IRI, önekli ad ya da boş düğümle başlar; burada {shown} var.",
    ),
    _t(
        "a quoted triple wants a subject, not {shown}.",
        "treshja e cituar kërkon një subjekt, e jo {shown}.",
        "цитована трійка вимагає суб’єкта, а тут {shown}.",
        "alıntılanan üçlü bir özne ister; burada {shown} var.",
    ),
    _t(
        "a quoted triple wants a property, not {shown}.",
        "treshja e cituar kërkon një veti, e jo {shown}.",
        "цитована трійка вимагає властивості, а тут {shown}.",
        "alıntılanan üçlü bir özellik ister; burada {shown} var.",
    ),
    _t(
        "a quoted triple holds no list and no description, so not {shown}.",
        "treshja e cituar nuk mban listë as përshkrim, prandaj as {shown}.",
        "цитована трійка не містить ні списку, ні опису, а тут {shown}.",
        "alıntılanan üçlüde liste ya da betimleme olmaz; burada {shown} var.",
    ),
    _t(
        "nested more than {count} levels deep: {shown}.",
        "më shumë se {count} nivele njëri brenda tjetrit: {shown}.",
        "вкладено глибше ніж на {count} рівнів: {shown}.",
        "{count} düzeyden fazla iç içe: {shown}.",
    ),
)

# Names, addresses, language tags, and slips from elsewhere.
TERMS: tuple[Text, ...] = (
    _t(
        "the prefix {prefix}: is not declared.",
        "parashtesa {prefix}: nuk është deklaruar.",
        "префікс {prefix}: не оголошено.",
        "{prefix}: öneki bildirilmemiş.",
    ),
    _t(
        "Add a line {line} at the top.",
        "Shtoni në krye një rresht {line}",
        "Додайте вгорі рядок {line}",
        "En üste şu satırı ekleyin: {line}",
    ),
    _t("Add: {line}", "Shtoni: {line}", "Додайте: {line}", "Ekleyin: {line}"),
    _t(
        "Did you mean {near}?",
        "Mos deshët të thoni {near}?",
        "Можливо, ви мали на увазі {near}?",
        "Şunu mu demek istediniz: {near}?",
    ),
    _t(
        "{tag} is not a well-formed language tag.",
        "{tag} nuk është shenjë gjuhe e shkruar drejt.",
        "{tag} — неправильно записана позначка мови.",
        "{tag} doğru yazılmış bir dil etiketi değil.",
    ),
    _t(
        "A tag is a code such as sq, uk, tr, en or sr-Cyrl.",
        "Shenja është një kod si sq, uk, tr, en ose sr-Cyrl.",
        "Позначка — це код, як-от sq, uk, tr, en чи sr-Cyrl.",
        "Etiket sq, uk, tr, en ya da sr-Cyrl gibi bir koddur.",
    ),
    _t(
        "a language tag has no '_'.",
        "shenja e gjuhës nuk ka '_'.",
        "у позначці мови немає '_'.",
        "dil etiketinde '_' olmaz.",
    ),
    _t(
        "Write it with a hyphen, as in sr-Cyrl.",
        "Shkruajeni me vizë, si te sr-Cyrl.",
        "Пишіть її через дефіс, як-от sr-Cyrl.",
        "Kısa çizgiyle yazın, örneğin sr-Cyrl.",
    ),
    _t(
        "{name} is not a valid IRI: {why}.",
        "{name} nuk është IRI e vlefshme: {why}.",
        "{name} — неправильний IRI: {why}.",
        "{name} geçerli bir IRI değil: {why}.",
    ),
    _t(
        "{name} is not an IRI.",
        "{name} nuk është IRI.",
        "{name} — не IRI.",
        "{name} bir IRI değil.",
    ),
    _t(
        "Between < and > there are no spaces, quotes or braces.",
        "Mes < dhe > nuk ka hapësira, thonjëza as kllapa gjarpërore.",
        "Між < і > немає пробілів, лапок чи фігурних дужок.",
        "< ile > arasında boşluk, tırnak ya da süslü ayraç olmaz.",
    ),
    _t(
        "{name} begins with no scheme: those are letters, digits, +, - and dots.",
        "{name} nuk fillon me skemë: ajo ka shkronja, shifra, +, - dhe pika.",
        "{name} не починається зі схеми: у ній літери, цифри, +, - і крапки.",
        "{name} bir şemayla başlamıyor: şemada harf, rakam, +, - ve nokta olur.",
    ),
    _t(
        "Write ./ before it where it is meant to be relative.",
        "Shkruani ./ përpara, nëse duhet të jetë relative.",
        "Поставте ./ перед ним, якщо він має бути відносним.",
        "Göreli olması isteniyorsa başına ./ yazın.",
    ),
    _t(
        "{name} is relative, and nothing says to what.",
        "{name} është relative, dhe nuk thuhet ndaj çfarë.",
        "{name} — відносний, і не сказано, щодо чого.",
        "{name} göreli, ama neye göre olduğu belirtilmemiş.",
    ),
    _t(
        "Write the whole IRI, or add @base <…> .",
        "Shkruani IRI-në e plotë, ose shtoni @base <…> .",
        "Напишіть повний IRI або додайте @base <…> .",
        "IRI’nin tamamını yazın ya da şunu ekleyin: @base <…> .",
    ),
    _t(
        "{escape} is half of a surrogate pair, not a character",
        "{escape} është gjysma e një çifti zëvendësues, jo shenjë",
        "{escape} — це половина сурогатної пари, а не символ",
        "{escape} bir vekil çiftin yarısı, karakter değil",
    ),
    _t(
        "{mark} is a typographic quotation mark.",
        "{mark} është thonjëz tipografike.",
        "{mark} — друкарські лапки.",
        "{mark} bir tipografik tırnak işareti.",
    ),
    _t(
        "Text stands in straight quotation marks: {marks}.",
        "Teksti shkruhet në thonjëza të drejta: {marks}.",
        "Текст пишуть у прямих лапках: {marks}.",
        "Metin düz tırnak içinde yazılır: {marks}.",
    ),
    _t(
        "'/' starts nothing here.",
        "'/' nuk nis asgjë këtu.",
        "'/' тут нічого не починає.",
        "'/' burada bir şey başlatmaz.",
    ),
    _t(
        "A comment starts with #.",
        "Komenti fillon me #.",
        "Коментар починається з #.",
        "Yorum # ile başlar.",
    ),
    _t(
        "{word} is not a value.",
        "{word} nuk është vlerë.",
        "{word} — не значення.",
        "{word} bir değer değil.",
    ),
    _t(
        "Write {word} in small letters.",
        "Shkruani {word} me shkronja të vogla.",
        "Пишіть {word} малими літерами.",
        "{word} küçük harfle yazılır.",
    ),
    _t(
        "Leave the property out.",
        "Hiqeni vetinë.",
        "Приберіть властивість.",
        "Özelliği çıkarın.",
    ),
    _t(
        "{shown} is a date without quotation marks.",
        "{shown} është datë pa thonjëza.",
        "{shown} — дата без лапок.",
        "{shown} tırnaksız bir tarih.",
    ),
    _t(
        "{shown} is a name with a blank in it.",
        "{shown} është emër me hapësirë brenda.",
        "{shown} — назва з пробілом усередині.",
        "{shown} içinde boşluk olan bir ad.",
    ),
    _t(
        "{shown} is a number with a blank in it.",
        "{shown} është numër me hapësirë brenda.",
        "{shown} — число з пробілом усередині.",
        "{shown} içinde boşluk olan bir sayı.",
    ),
    _t(
        "{shown} is not a number.",
        "{shown} nuk është numër.",
        "{shown} — не число.",
        "{shown} bir sayı değil.",
    ),
    _t(
        "Write the digits alone.",
        "Shkruani vetëm shifrat.",
        "Пишіть лише цифри.",
        "Yalnız rakamları yazın.",
    ),
    _t("'^' stands alone.", "'^' qëndron vetëm.", "'^' стоїть само.", "'^' tek başına duruyor."),
    _t(
        "A type follows two of them: {marks}.",
        "Lloji vjen pas dy të tillave: {marks}.",
        "Тип пишуть після двох таких знаків: {marks}.",
        "Tür, bunlardan ikisinin ardından gelir: {marks}.",
    ),
    _t(
        "the text ends here, and {shown} follows it.",
        "teksti mbaron këtu, dhe pas tij vjen {shown}.",
        "текст тут закінчується, а далі стоїть {shown}.",
        "metin burada bitiyor, ardından {shown} geliyor.",
    ),
    _t(
        "Quotation marks within a text are written {marks}.",
        "Thonjëzat brenda një teksti shkruhen {marks}.",
        "Лапки всередині тексту пишуть як {marks}.",
        "Metin içindeki tırnak {marks} diye yazılır.",
    ),
    _t(
        "Write ';' to say more of the same thing, ',' before another value, '.' at the end.",
        "Shkruani ';' për të thënë më shumë për të njëjtën gjë, ',' para një vlere tjetër, "
        "'.' në fund.",
        "Пишіть ';', щоб сказати більше про ту саму річ, ',' перед іншим значенням, '.' у кінці.",
        "Aynı şey için daha çok söylemeye ';', başka bir değerden önce ',', sonda '.' yazın.",
    ),
)
