"""The words of the rules beyond SHACL: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from kuvend.shacl.wording import Text
from kuvend.shacl.wording import text as _t

KINDS: Mapping[str, Text] = {
    "class": _t("class", "klasë", "клас", "sınıf"),
    "property": _t("property", "veti", "властивість", "özellik"),
    "concept": _t("concept", "koncept", "поняття", "kavram"),
    "thing": _t("thing", "gjë", "річ", "şey"),
}

# What the rules beyond SHACL say: first what is wrong, then what to do.
RULES: Mapping[str, tuple[Text, Text]] = {
    "syntax": (
        _t("{detail}", "{detail}", "{detail}", "{detail}"),
        _t("{advice}", "{advice}", "{advice}", "{advice}"),
    ),
    "citation": (
        _t("{detail}", "{detail}", "{detail}", "{detail}"),
        _t("{advice}", "{advice}", "{advice}", "{advice}"),
    ),
    "unknown-class": (
        _t(
            "There is no class {name} in the ontology.",
            "Në ontologji nuk ka klasë {name}.",
            "В онтології немає класу {name}.",
            "Ontolojide {name} diye bir sınıf yok.",
        ),
        _t(
            "Did you mean {near}?",
            "Mos deshët të thoni {near}?",
            "Можливо, ви мали на увазі {near}?",
            "Şunu mu demek istediniz: {near}?",
        ),
    ),
    "unknown-property": (
        _t(
            "There is no property {name} in the ontology.",
            "Në ontologji nuk ka veti {name}.",
            "В онтології немає властивості {name}.",
            "Ontolojide {name} diye bir özellik yok.",
        ),
        _t(
            "Did you mean {near}?",
            "Mos deshët të thoni {near}?",
            "Можливо, ви мали на увазі {near}?",
            "Şunu mu demek istediniz: {near}?",
        ),
    ),
    "other-property": (
        _t(
            "{name} is not what this project uses here, so nobody will look for it there.",
            "{name} nuk është ajo që përdor ky projekt këtu, prandaj askush s’e kërkon aty.",
            "{name} — не те, що вживає тут цей проєкт, тож ніхто там цього не шукатиме.",
            "Bu proje burada {name} kullanmıyor; bu yüzden kimse orada aramaz.",
        ),
        _t("Write {near}.", "Shkruani {near}.", "Пишіть {near}.", "{near} yazın."),
    ),
    "unknown-concept": (
        _t(
            "There is no concept {name}.",
            "Nuk ka koncept {name}.",
            "Немає поняття {name}.",
            "{name} diye bir kavram yok.",
        ),
        _t(
            "Did you mean {near}?",
            "Mos deshët të thoni {near}?",
            "Можливо, ви мали на увазі {near}?",
            "Şunu mu demek istediniz: {near}?",
        ),
    ),
    "wrong-kind": (
        _t(
            "{name} is a {kind}, not a {wanted}.",
            "{name} është {kind}, jo {wanted}.",
            "{name} — це {kind}, а не {wanted}.",
            "{name} bir {kind}, {wanted} değil.",
        ),
        _t(
            "Use it in its own place, or the term you meant.",
            "Përdoreni në vendin e vet, ose termin që deshët.",
            "Вживайте його на своєму місці або оберіть потрібний термін.",
            "Onu kendi yerinde kullanın ya da doğru terimi yazın.",
        ),
    ),
    "wrong-namespace": (
        _t(
            "{name} is written with a namespace that does not exist.",
            "{name} është shkruar me një hapësirë emrash që nuk ekziston.",
            "{name} записано з простором назв, якого немає.",
            "{name} var olmayan bir ad alanıyla yazılmış.",
        ),
        _t("Write {near}.", "Shkruani {near}.", "Пишіть {near}.", "{near} yazın."),
    ),
    "unknown-vocabulary": (
        _t(
            "{name} is of a vocabulary that is not used here, so no rule will check it.",
            "{name} është nga një fjalor që s’përdoret këtu, prandaj asnjë rregull s’e kontrollon.",
            "{name} належить до словника, який тут не вживають, тож його ніщо не перевірить.",
            "{name} burada kullanılmayan bir sözlükten; hiçbir kural onu denetlemez.",
        ),
        _t(
            "Use a term of the ontology where there is one.",
            "Përdorni një term të ontologjisë, nëse ka.",
            "Вживайте термін онтології, якщо він є.",
            "Varsa ontolojinin bir terimini kullanın.",
        ),
    ),
    "deprecated-term": (
        _t(
            "{name} is no longer used.",
            "{name} nuk përdoret më.",
            "{name} більше не вживають.",
            "{name} artık kullanılmıyor.",
        ),
        _t("Use {near}.", "Përdorni {near}.", "Вживайте {near}.", "{near} kullanın."),
    ),
    "unknown-thing": (
        _t(
            "Nothing is known of {name}: neither this submission nor the graph describes it.",
            "Për {name} nuk dihet asgjë: as ky dorëzim, as grafi nuk e përshkruan.",
            "Про {name} нічого не відомо: його не описує ні подання, ні граф.",
            "{name} hakkında bir şey bilinmiyor: ne bu gönderi ne de grafik onu tanımlıyor.",
        ),
        _t(
            "Did you mean {near}?",
            "Mos deshët të thoni {near}?",
            "Можливо, ви мали на увазі {near}?",
            "Şunu mu demek istediniz: {near}?",
        ),
    ),
    "known-under-another-iri": (
        _t(
            "{name} looks like something that is already known.",
            "{name} duket si diçka që dihet tashmë.",
            "{name} схоже на те, що вже відоме.",
            "{name} zaten bilinen bir şeye benziyor.",
        ),
        _t(
            "Did you mean {near}? If so, use that address.",
            "Mos deshët të thoni {near}? Nëse po, përdorni atë adresë.",
            "Можливо, це {near}? Якщо так, уживайте ту адресу.",
            "Şunu mu demek istediniz: {near}? Öyleyse o adresi kullanın.",
        ),
    ),
    "bad-iri": (
        _t(
            "{name} is not written as this project writes addresses.",
            "{name} nuk është shkruar siç i shkruan adresat ky projekt.",
            "{name} записано не так, як цей проєкт пише адреси.",
            "{name} bu projenin adresleri yazdığı gibi yazılmamış.",
        ),
        _t("Write {near}.", "Shkruani {near}.", "Пишіть {near}.", "{near} yazın."),
    ),
    "language-tag": (
        _t(
            "“{tag}” is not a language code.",
            "“{tag}” nuk është kod gjuhe.",
            "«{tag}» не є кодом мови.",
            "“{tag}” bir dil kodu değil.",
        ),
        _t("Use “{near}”.", "Përdorni “{near}”.", "Вживайте «{near}».", "“{near}” kullanın."),
    ),
    "language-script": (
        _t(
            "{value} is tagged {tag}, but its letters are not of that language: {letters}.",
            "{value} ka shenjën {tag}, por shkronjat nuk janë të asaj gjuhe: {letters}.",
            "{value} позначено {tag}, але літери не цієї мови: {letters}.",
            "{value}, {tag} olarak etiketlenmiş ama harfleri o dilin değil: {letters}.",
        ),
        _t(
            "Correct the tag or the text.",
            "Ndreqni shenjën ose tekstin.",
            "Виправте позначку або текст.",
            "Etiketi ya da metni düzeltin.",
        ),
    ),
    "mixed-scripts": (
        _t(
            "The word {word} mixes Latin and Cyrillic letters.",
            "Fjala {word} përzien shkronja latine dhe cirilike.",
            "Слово {word} змішує латинські та кириличні літери.",
            "{word} sözcüğü Latin ve Kiril harflerini karıştırıyor.",
        ),
        _t(
            "Type the word again in one script.",
            "Shkruajeni fjalën në një alfabet.",
            "Наберіть слово одним алфавітом.",
            "Sözcüğü tek alfabeyle yeniden yazın.",
        ),
    ),
    "not-nfc": (
        _t(
            "{value} is not in Unicode normal form C, so searches will miss it.",
            "{value} nuk është në formën normale C të Unicode, prandaj kërkimet s’e gjejnë.",
            "{value} не у нормальній формі C Юнікоду, тож пошук його не знайде.",
            "{value} Unicode C biçiminde değil; aramalar onu bulamaz.",
        ),
        _t("Write {near}.", "Shkruani {near}.", "Пишіть {near}.", "{near} yazın."),
    ),
    "wrong-offsets": (
        _t(
            "The passage exists in the document, but not at position {start}–{end}.",
            "Fragmenti gjendet në dokument, por jo në vendin {start}–{end}.",
            "Уривок є в документі, але не на місці {start}–{end}.",
            "Alıntı bölümü belgede var ama {start}–{end} konumunda değil.",
        ),
        _t(
            "It stands at {near}; count characters, not bytes.",
            "Gjendet në {near}; numëroni shkronja, jo bajte.",
            "Він стоїть на {near}; рахуйте символи, а не байти.",
            "{near} konumunda; bayt değil karakter sayın.",
        ),
    ),
    "quote-not-found": (
        _t("{detail}", "{detail}", "{detail}", "{detail}"),
        _t("{advice}", "{advice}", "{advice}", "{advice}"),
    ),
    "approximate-as-exact": (
        _t(
            "The source says “{wording}”, but the number {value} is entered as exact.",
            "Burimi thotë “{wording}”, por numri {value} është shënuar si i saktë.",
            "Джерело каже «{wording}», а число {value} записано як точне.",
            "Kaynak “{wording}” diyor ama {value} sayısı kesin olarak girilmiş.",
        ),
        _t(
            "Mark it as approximate: kv:countPrecision {near}.",
            "Shënojeni si të përafërt: kv:countPrecision {near}.",
            "Позначте його як приблизне: kv:countPrecision {near}.",
            "Yaklaşık olarak işaretleyin: kv:countPrecision {near}.",
        ),
    ),
    "attestation-as-start": (
        _t(
            "{value} is the date of the document {document}, not the beginning of this.",
            "{value} është data e dokumentit {document}, jo fillimi i kësaj.",
            "{value} — це дата документа {document}, а не початок.",
            "{value}, {document} belgesinin tarihi; bunun başlangıcı değil.",
        ),
        _t(
            "Use kv:attestedOn instead of {name}.",
            "Përdorni kv:attestedOn në vend të {name}.",
            "Вживайте kv:attestedOn замість {name}.",
            "{name} yerine kv:attestedOn kullanın.",
        ),
    ),
    "value-not-in-quote": (
        _t(
            "{value} is not in the words quoted for it: “{wording}”.",
            "{value} nuk është në fjalët e cituara për të: “{wording}”.",
            "{value} немає в наведеній цитаті: “{wording}”.",
            "{value}, onun için alıntılanan sözlerde yok: “{wording}”.",
        ),
        _t(
            "The quote has {near}: correct the value, or quote the words that say it.",
            "Citimi ka {near}: ndreqni vlerën, ose citoni fjalët që e thonë.",
            "У цитаті є {near}: виправте значення або процитуйте слова, які його називають.",
            "Alıntıda {near} var: değeri düzeltin ya da onu söyleyen sözleri alıntılayın.",
        ),
    ),
    "precision-beyond-quote": (
        _t(
            "{value} is more exact than the source, which says “{wording}”.",
            "{value} është më e saktë se burimi, që thotë “{wording}”.",
            "{value} точніше за джерело, яке каже «{wording}».",
            "{value}, “{wording}” diyen kaynaktan daha kesin.",
        ),
        _t("Write {near}.", "Shkruani {near}.", "Пишіть {near}.", "{near} yazın."),
    ),
    "contradiction": (
        _t(
            "This contradicts what is known: {detail}",
            "Kjo bie ndesh me atë që dihet: {detail}",
            "Це суперечить відомому: {detail}",
            "Bu, bilinenle çelişiyor: {detail}",
        ),
        _t(
            "Check which is right; the sentences on both sides are shown.",
            "Shikoni cila është e drejtë; fjalitë e të dyja anëve janë dhënë.",
            "Перевірте, що правильне; речення з обох боків наведено.",
            "Hangisinin doğru olduğuna bakın; iki tarafın cümleleri de verildi.",
        ),
    ),
    "ill-typed": (
        _t(
            "{value} cannot be read as {datatype}.",
            "{value} nuk lexohet dot si {datatype}.",
            "{value} не читається як {datatype}.",
            "{value}, {datatype} olarak okunamıyor.",
        ),
        _t(
            "Write the value in the form of its type, or correct the type.",
            "Shkruajeni vlerën në formën e llojit të saj, ose ndreqni llojin.",
            "Запишіть значення у формі його типу або виправте тип.",
            "Değeri türünün biçiminde yazın ya da türü düzeltin.",
        ),
    ),
    "lost-key": (
        _t("{detail}", "{detail}", "{detail}", "{detail}"),
        _t("{advice}", "{advice}", "{advice}", "{advice}"),
    ),
    "merged-things": (
        _t(
            "{left} and {right} would become one and the same thing.",
            "{left} dhe {right} do të bëheshin një dhe e njëjta gjë.",
            "{left} і {right} стали б однією річчю.",
            "{left} ile {right} tek bir şey olurdu.",
        ),
        _t(
            "Take away the statement that makes them one, unless that is meant.",
            "Hiqni pohimin që i bashkon, përveç nëse kjo është e qëllimshme.",
            "Приберіть твердження, що їх ототожнює, якщо це не навмисно.",
            "Böyle isteniyorsa değil, onları birleştiren ifadeyi kaldırın.",
        ),
    ),
}

# What OWL 2 RL finds impossible, by rule; the numbers are the things in the order of its message.
CONTRADICTIONS: Mapping[str, Text] = {
    "cax-dw": _t(
        "{0} is entered as {1} and as {2}, and nothing can be both.",
        "{0} është edhe {1} edhe {2}, që përjashtojnë njëra-tjetrën.",
        "{0} — це і {1}, і {2}, а вони виключають одне одного.",
        "{0} hem {1} hem {2}; bunlar birbirini dışlar.",
    ),
    "prp-irp": _t(
        "{0} is related to itself by {1}, which nothing may be.",
        "{0} lidhet me vetveten nga {1}, gjë që nuk lejohet.",
        "{0} пов’язане саме з собою через {1}, чого бути не може.",
        "{0}, {1} ile kendisine bağlanmış; bu olamaz.",
    ),
    "prp-asyp": _t(
        "{0} and {1} are related by {2} both ways, which holds one way only.",
        "{0} dhe {1} lidhen nga {2} në të dy drejtimet, ndërsa vlen vetëm në një.",
        "{0} і {1} пов’язані через {2} в обидва боки, а має бути лише в один.",
        "{0} ile {1}, {2} ile iki yönde bağlanmış; yalnız tek yönlü olabilir.",
    ),
    "prp-pdw": _t(
        "{0} is related to {1} both by {2} and by {3}, which exclude each other.",
        "{0} lidhet me {1} edhe nga {2} edhe nga {3}, që përjashtojnë njëra-tjetrën.",
        "{0} пов’язане з {1} і через {2}, і через {3}, а вони виключають одне одного.",
        "{0}, {1} ile hem {2} hem {3} üzerinden bağlanmış; bunlar birbirini dışlar.",
    ),
}
