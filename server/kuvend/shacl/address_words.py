"""The words of the rules about addresses and text: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from kuvend.shacl.wording import Text
from kuvend.shacl.wording import text as _t

_WRITE = _t("Write {near}.", "Shkruani {near}.", "Пишіть {near}.", "{near} yazın.")

TURNED = _t(
    "Check the direction: the two ends may have changed places.",
    "Shikoni drejtimin: të dy anët mund të kenë ndërruar vend.",
    "Перевірте напрям: можливо, два кінці помінялися місцями.",
    "Yöne bakın: iki uç yer değiştirmiş olabilir.",
)

ADDRESS_RULES: Mapping[str, tuple[Text, Text]] = {
    "wrong-address": (
        _t(
            "{name} is not the address of the thing itself.",
            "{name} nuk është adresa e vetë gjësë.",
            "{name} — це не адреса самої речі.",
            "{name}, şeyin kendi adresi değil.",
        ),
        _WRITE,
    ),
    "undeclared-prefix": (
        _t(
            "The prefix of {name} is not declared, so the name means nothing.",
            "Parashtesa e {name} nuk është deklaruar, prandaj emri s’ka kuptim.",
            "Префікс у {name} не оголошено, тож ця назва нічого не означає.",
            "{name} adının öneki bildirilmemiş; bu yüzden ad bir anlam taşımıyor.",
        ),
        _t(
            "Declare it in the @context: {near}.",
            "Deklarojeni te @context: {near}.",
            "Оголосіть його в @context: {near}.",
            "@context içinde bildirin: {near}.",
        ),
    ),
    "classless-thing": (
        _t(
            "{name} is new to the graph, but nothing says what it is.",
            "{name} është e re për grafin, por asgjë nuk thotë se ç’është.",
            "{name} — нове для графа, але ніщо не каже, що це таке.",
            "{name} grafikte yeni, ama ne olduğunu söyleyen bir şey yok.",
        ),
        _t(
            "Did you mean {near}? If it is new, give it a class and a name.",
            "Mos deshët të thoni {near}? Nëse është e re, jepini klasë dhe emër.",
            "Можливо, ви мали на увазі {near}? Якщо це нове, дайте йому клас і назву.",
            "Şunu mu demek istediniz: {near}? Yeniyse ona bir sınıf ve ad verin.",
        ),
    ),
    "foreign-address": (
        _t(
            "{name} is not an address of this project, so nobody can look it up here.",
            "{name} nuk është adresë e këtij projekti, prandaj askush s’e gjen këtu.",
            "{name} не є адресою цього проєкту, тож тут її ніхто не знайде.",
            "{name} bu projenin bir adresi değil; burada kimse onu bulamaz.",
        ),
        _t(
            "Give the thing an address such as {near}, with a short name in small letters.",
            "Jepini gjësë një adresë si {near}, me një emër të shkurtër me shkronja të vogla.",
            "Дайте речі адресу на зразок {near} з короткою назвою малими літерами.",
            "Şeye {near} gibi, küçük harfli kısa bir adla bir adres verin.",
        ),
    ),
    "address-kind": (
        _t(
            "The address {name} is of the kind “{kind}”, but the thing is entered as {class}.",
            "Adresa {name} është e llojit “{kind}”, por gjëja është shënuar si {class}.",
            "Адреса {name} належить до виду «{kind}», а річ записано як {class}.",
            "{name} adresi “{kind}” türünden, ama şey {class} olarak girilmiş.",
        ),
        _t(
            "Write an address of the kind {near}, or correct the class.",
            "Shkruani një adresë të llojit {near}, ose ndreqni klasën.",
            "Напишіть адресу виду {near} або виправте клас.",
            "{near} türünden bir adres yazın ya da sınıfı düzeltin.",
        ),
    ),
    "address-as-text": (
        _t(
            "{value} is written as text, but it is the address of a thing.",
            "{value} është shkruar si tekst, por është adresa e një gjëje.",
            "{value} записано як текст, а це адреса речі.",
            "{value} metin olarak yazılmış, oysa bir şeyin adresi.",
        ),
        _WRITE,
    ),
    "text-as-class": (
        _t(
            "{value} is text; the class of a thing is written as an address.",
            "{value} është tekst; klasa e një gjëje shkruhet si adresë.",
            "{value} — це текст; клас речі пишуть як адресу.",
            "{value} bir metin; bir şeyin sınıfı adres olarak yazılır.",
        ),
        _t(
            "Did you mean {near}?",
            "Mos deshët të thoni {near}?",
            "Можливо, ви мали на увазі {near}?",
            "Şunu mu demek istediniz: {near}?",
        ),
    ),
    "thing-as-name": (
        _t(
            "{name} is an address, but {property} wants a name in words.",
            "{name} është adresë, por {property} kërkon një emër me fjalë.",
            "{name} — це адреса, а {property} вимагає назви словами.",
            "{name} bir adres, oysa {property} sözcüklerle bir ad ister.",
        ),
        _t(
            "Write the name in quotation marks with its language, as {near}.",
            "Shkruajeni emrin në thonjëza me gjuhën e tij, si {near}.",
            "Напишіть назву в лапках із позначкою мови, як-от {near}.",
            "Adı tırnak içinde diliyle yazın: {near}.",
        ),
    ),
}

KIND_RULES: Mapping[str, tuple[Text, Text]] = {
    "wrong-subject": (
        _t(
            "{property} is said of {wanted}, but {name} is {class}.",
            "{property} thuhet për {wanted}, por {name} është {class}.",
            "{property} кажуть про {wanted}, а {name} — це {class}.",
            "{property}, {wanted} için söylenir; oysa {name} bir {class}.",
        ),
        TURNED,
    ),
    "wrong-object": (
        _t(
            "{property} leads to {wanted}, but {name} is {class}.",
            "{property} të çon te {wanted}, por {name} është {class}.",
            "{property} веде до {wanted}, а {name} — це {class}.",
            "{property}, {wanted} olan bir şeye götürür; oysa {name} bir {class}.",
        ),
        _t(
            "Name a thing of that class, or use another property.",
            "Shënoni një gjë të asaj klase, ose përdorni një veti tjetër.",
            "Вкажіть річ цього класу або вживайте іншу властивість.",
            "O sınıftan bir şey yazın ya da başka bir özellik kullanın.",
        ),
    ),
}

TEXT_RULES: Mapping[str, tuple[Text, Text]] = {
    "hidden-character": (
        _t(
            "{value} has a character that nobody sees ({letters}), so searches will miss it.",
            "{value} ka një shenjë që s’e sheh askush ({letters}), prandaj kërkimet s’e gjejnë.",
            "{value} містить невидимий знак ({letters}), тож пошук цього не знайде.",
            "{value} içinde görünmeyen bir karakter var ({letters}); aramalar onu bulamaz.",
        ),
        _WRITE,
    ),
    "broken-letters": (
        _t(
            "{value} has letters that were broken when the text was saved or copied.",
            "{value} ka shkronja që u prishën kur teksti u ruajt ose u kopjua.",
            "{value} містить літери, зіпсовані під час збереження чи копіювання.",
            "{value} içinde kaydederken ya da kopyalarken bozulmuş harfler var.",
        ),
        _WRITE,
    ),
    "markup-in-text": (
        _t(
            "{value} has HTML in it ({markup}), which would be shown as it stands.",
            "{value} ka HTML brenda ({markup}), që do të shfaqej ashtu siç është.",
            "{value} містить HTML ({markup}), який так і буде показано.",
            "{value} içinde HTML var ({markup}); olduğu gibi gösterilirdi.",
        ),
        _WRITE,
    ),
    "unlikely-date": (
        _t(
            "The year of {value} is unlikely.",
            "Viti i {value} nuk ka gjasa të jetë i saktë.",
            "Рік у {value} малоймовірний.",
            "{value} tarihinin yılı olası değil.",
        ),
        _t(
            "Check the digits; a year has four.",
            "Shikoni shifrat; viti ka katër.",
            "Перевірте цифри; рік має чотири.",
            "Rakamlara bakın; yıl dört rakamlıdır.",
        ),
    ),
    "nothing-stated": (
        _t(
            "{name} states nothing.",
            "{name} nuk pohon asgjë.",
            "{name} нічого не стверджує.",
            "{name} hiçbir şey bildirmiyor.",
        ),
        _t(
            "Check that it is the file you meant, and that its names have prefixes.",
            "Shikoni nëse është skedari që deshët dhe nëse emrat e tij kanë parashtesa.",
            "Перевірте, чи це той файл і чи мають назви в ньому префікси.",
            "İstediğiniz dosya mı, adların önekleri var mı, bakın.",
        ),
    ),
}

# What to do where there is nothing near to name.
OTHERWISE: Mapping[str, Text] = {
    "unknown-class": _t(
        "Look for the class on the page of the ontology, /def.",
        "Kërkojeni klasën në faqen e ontologjisë, /def.",
        "Знайдіть клас на сторінці онтології, /def.",
        "Sınıfı ontoloji sayfasında arayın: /def.",
    ),
    "unknown-property": _t(
        "Look for the property on the page of the ontology, /def.",
        "Kërkojeni vetinë në faqen e ontologjisë, /def.",
        "Знайдіть властивість на сторінці онтології, /def.",
        "Özelliği ontoloji sayfasında arayın: /def.",
    ),
    "unknown-concept": _t(
        "Look for the concept on the page of the lists, /concept.",
        "Kërkojeni konceptin në faqen e listave, /concept.",
        "Знайдіть поняття на сторінці переліків, /concept.",
        "Kavramı listeler sayfasında arayın: /concept.",
    ),
    "bad-iri": _t(
        "Write id/type/name with small letters a–z, digits and hyphens; types are {kinds}.",
        "Shkruani id/lloji/emri me shkronja të vogla a–z, shifra dhe viza; llojet janë {kinds}.",
        "Пишіть id/тип/назва малими літерами a–z, цифрами й дефісами; типи: {kinds}.",
        "id/tür/ad biçiminde, a–z küçük harf, rakam ve kısa çizgiyle yazın; türler: {kinds}.",
    ),
    "classless-thing": _t(
        "Give it a class, such as kv:Municipality or foaf:Person, and a name.",
        "Jepini një klasë, si kv:Municipality ose foaf:Person, dhe një emër.",
        "Дайте йому клас, як-от kv:Municipality чи foaf:Person, і назву.",
        "Ona kv:Municipality ya da foaf:Person gibi bir sınıf ve bir ad verin.",
    ),
    "unknown-thing": _t(
        "Describe it here with its class and name, or write the address of the thing you meant.",
        "Përshkruajeni këtu me klasë e emër, ose shkruani adresën e gjësë që deshët.",
        "Опишіть його тут із класом і назвою або напишіть адресу тієї речі, яку мали на увазі.",
        "Onu burada sınıfı ve adıyla tanımlayın ya da demek istediğiniz şeyin adresini yazın.",
    ),
    "undeclared-prefix": _t(
        "Declare it in the @context, or write the whole address (https://…).",
        "Deklarojeni te @context, ose shkruani adresën e plotë (https://…).",
        "Оголосіть його в @context або напишіть повну адресу (https://…).",
        "@context içinde bildirin ya da tam adresi (https://…) yazın.",
    ),
    "text-as-class": _t(
        "Write a class of the ontology, such as kv:Municipality.",
        "Shkruani një klasë të ontologjisë, si kv:Municipality.",
        "Напишіть клас онтології, як-от kv:Municipality.",
        "Ontolojinin bir sınıfını yazın; örneğin kv:Municipality.",
    ),
    "language-tag": _t(
        "Write the code of the language: sq, uk, tr, en, mk, sr-Cyrl …",
        "Shkruani kodin e gjuhës: sq, uk, tr, en, mk, sr-Cyrl …",
        "Напишіть код мови: sq, uk, tr, en, mk, sr-Cyrl …",
        "Dilin kodunu yazın: sq, uk, tr, en, mk, sr-Cyrl …",
    ),
    "broken-letters": _t(
        "Copy the words from the source again, and save the file as UTF-8.",
        "Kopjojini fjalët sërish nga burimi dhe ruajeni skedarin si UTF-8.",
        "Скопіюйте слова з джерела ще раз і збережіть файл у UTF-8.",
        "Sözcükleri kaynaktan yeniden kopyalayın ve dosyayı UTF-8 olarak kaydedin.",
    ),
}
