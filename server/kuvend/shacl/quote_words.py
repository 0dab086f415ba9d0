"""What is wrong with citations and quotes, in each language; the first is as they are read."""

from __future__ import annotations

from kuvend.shacl.wording import Text
from kuvend.shacl.wording import text as _t

CITATIONS: tuple[Text, ...] = (
    _t(
        "the citation {name} is used by no statement.",
        "citimin {name} nuk e përdor asnjë pohim.",
        "посилання {name} не вжито в жодному твердженні.",
        "{name} alıntı kaydını hiçbir ifade kullanmıyor.",
    ),
    _t(
        "Name it after a triple (s p o ~ citation), or take it away.",
        "Shënojeni pas një tresheje (s p o ~ citation), ose hiqeni.",
        "Назвіть його після трійки (s p o ~ citation) або приберіть.",
        "Bir üçlünün ardına yazın (s p o ~ citation) ya da kaldırın.",
    ),
    _t(
        "the citation {name} is used but not described.",
        "citimi {name} përdoret, por nuk është përshkruar.",
        "посилання {name} вжито, але не описано.",
        "{name} alıntı kaydı kullanılmış ama tanımlanmamış.",
    ),
    _t(
        "no passage is cited for {statement} .",
        "për {statement} nuk citohet asnjë fragment.",
        "для {statement} не наведено уривка.",
        "{statement} için alıntı bölümü verilmemiş.",
    ),
    _t(
        "Name the citation after the value: {form}.",
        "Shënoni citimin pas vlerës: {form}.",
        "Назвіть посилання після значення: {form}.",
        "Alıntı kaydını değerin ardına yazın: {form}.",
    ),
    _t(
        "this triple is cited but not stated.",
        "kjo treshe citohet, por nuk pohohet.",
        "цю трійку процитовано, але не стверджено.",
        "bu üçlü alıntılanmış ama ifade edilmemiş.",
    ),
    _t(
        "Write {form} instead of {other}.",
        "Shkruani {form} në vend të {other}.",
        "Пишіть {form} замість {other}.",
        "{other} yerine {form} yazın.",
    ),
    _t(
        "statements use no blank nodes.",
        "pohimet nuk përdorin nyja pa emër.",
        "у твердженнях немає порожніх вузлів.",
        "ifadelerde boş düğüm kullanılmaz.",
    ),
    _t(
        "Give the thing an IRI of its own.",
        "Jepini gjësë një IRI të vetën.",
        "Дайте речі власний IRI.",
        "Şeye kendi IRI’sini verin.",
    ),
    _t(
        "a triple is no value here.",
        "një treshe nuk është vlerë këtu.",
        "трійка тут — не значення.",
        "üçlü burada değer olamaz.",
    ),
    _t(
        "kv:notBefore and kv:notAfter are derived from dct:date.",
        "kv:notBefore dhe kv:notAfter nxirren nga dct:date.",
        "kv:notBefore і kv:notAfter виводять із dct:date.",
        "kv:notBefore ve kv:notAfter dct:date değerinden türetilir.",
    ),
    _t(
        "Give dct:date as precisely as the document does, and no more.",
        "Jepni dct:date aq saktë sa e jep dokumenti, jo më tepër.",
        "Вкажіть dct:date так точно, як у документі, і не точніше.",
        "dct:date değerini belgede ne kadar kesinse o kadar verin.",
    ),
)

DESCRIBED: tuple[Text, ...] = (
    _t(
        "a citation has no property {name}.",
        "citimi nuk ka veti {name}.",
        "посилання не має властивості {name}.",
        "alıntı kaydının {name} özelliği yok.",
    ),
    _t(
        "the citation {name} has a second {property}.",
        "citimi {name} ka edhe një {property} të dytë.",
        "посилання {name} має другий {property}.",
        "{name} alıntı kaydında ikinci bir {property} var.",
    ),
    _t(
        "Give each passage a citation of its own and name both after the triple: {form}.",
        "Jepini çdo fragmenti një citim të vetin dhe shënojini të dy pas treshes: {form}.",
        "Дайте кожному уривку власне посилання й назвіть обидва після трійки: {form}.",
        "Her bölüme kendi alıntı kaydını açın ve ikisini de üçlünün ardına yazın: {form}.",
    ),
    _t(
        "the value of {name} is not a text.",
        "vlera e {name} nuk është tekst.",
        "значення {name} — не текст.",
        "{name} değeri bir metin değil.",
    ),
    _t(
        "Put the words in quotation marks.",
        "Shkruajini fjalët në thonjëza.",
        "Візьміть слова в лапки.",
        "Sözleri tırnak içine alın.",
    ),
    _t(
        "{name} is not a kind of evidence.",
        "{name} nuk është lloj dëshmie.",
        "{name} — не вид свідчення.",
        "{name} bir kanıt türü değil.",
    ),
    _t("Use {names}.", "Përdorni {names}.", "Вживайте {names}.", "{names} kullanın."),
    _t(
        "the value of {name} is not an IRI.",
        "vlera e {name} nuk është IRI.",
        "значення {name} — не IRI.",
        "{name} değeri bir IRI değil.",
    ),
    _t(
        "Name the person: {form}",
        "Shënoni personin: {form}",
        "Назвіть особу: {form}",
        "Kişiyi yazın: {form}",
    ),
    _t(
        "the citation {name} has no kv:quote.",
        "citimi {name} nuk ka kv:quote.",
        "посилання {name} не має kv:quote.",
        "{name} alıntı kaydında kv:quote yok.",
    ),
    _t(
        "Quote the words of the document that say it.",
        "Citoni fjalët e dokumentit që e thonë.",
        "Процитуйте слова документа, які це кажуть.",
        "Belgenin bunu söyleyen sözlerini alıntılayın.",
    ),
    _t(
        "the citation {name} is background knowledge and yet has a quote.",
        "citimi {name} është njohuri e përgjithshme, e megjithatë ka citat.",
        "посилання {name} — загальне знання, а проте має цитату.",
        "{name} alıntı kaydı genel bilgi, oysa alıntısı var.",
    ),
    _t(
        "Background knowledge is what the document does not say: take the quote away, "
        "or say another kv:evidenceKind.",
        "Njohuri e përgjithshme është ajo që dokumenti nuk e thotë: hiqni citatin, ose jepni një "
        "kv:evidenceKind tjetër.",
        "Загальне знання — це те, чого документ не каже: приберіть цитату або вкажіть інший "
        "kv:evidenceKind.",
        "Genel bilgi belgenin söylemediği şeydir: alıntıyı kaldırın ya da başka bir "
        "kv:evidenceKind verin.",
    ),
    _t(
        "“{value}” is not typed as a date.",
        "“{value}” nuk ka lloj date.",
        "«{value}» не має типу дати.",
        "“{value}” tarih türünde değil.",
    ),
    _t(
        "Write it as xsd:gYear, xsd:gYearMonth, xsd:date or xsd:dateTime.",
        "Shkruajeni si xsd:gYear, xsd:gYearMonth, xsd:date ose xsd:dateTime.",
        "Пишіть як xsd:gYear, xsd:gYearMonth, xsd:date чи xsd:dateTime.",
        "xsd:gYear, xsd:gYearMonth, xsd:date ya da xsd:dateTime olarak yazın.",
    ),
    _t(
        "“{value}” is not an {type}.",
        "“{value}” nuk është {type}.",
        "«{value}» — не {type}.",
        "“{value}” bir {type} değil.",
    ),
    _t(
        "Write 1992-06-26 as xsd:date, 1992-06 as xsd:gYearMonth, 1992 as xsd:gYear.",
        "Shkruani 1992-06-26 si xsd:date, 1992-06 si xsd:gYearMonth, 1992 si xsd:gYear.",
        "Пишіть 1992-06-26 як xsd:date, 1992-06 як xsd:gYearMonth, 1992 як xsd:gYear.",
        "1992-06-26 için xsd:date, 1992-06 için xsd:gYearMonth, 1992 için xsd:gYear yazın.",
    ),
    _t(
        "“{value}”: there is no month {month}.",
        "“{value}”: nuk ka muaj {month}.",
        "«{value}»: місяця {month} немає.",
        "“{value}”: {month} diye bir ay yok.",
    ),
    _t(
        "“{value}”: month {month} of {year} has no day {day}.",
        "“{value}”: muaji {month} i vitit {year} nuk ka ditë {day}.",
        "«{value}»: у місяці {month} року {year} немає дня {day}.",
        "“{value}”: {year} yılının {month}. ayında {day}. gün yok.",
    ),
    _t(
        "Check the date against the document.",
        "Krahasojeni datën me dokumentin.",
        "Звірте дату з документом.",
        "Tarihi belgeyle karşılaştırın.",
    ),
    _t("Cite it: {form}", "Citojeni: {form}", "Процитуйте її: {form}", "Alıntılayın: {form}"),
)

QUOTES: tuple[Text, ...] = (
    _t("the quote is empty.", "citati është bosh.", "цитата порожня.", "alıntı boş."),
    _t(
        "Copy the words of the document that say it.",
        "Kopjoni fjalët e dokumentit që e thonë.",
        "Скопіюйте слова документа, які це кажуть.",
        "Belgenin bunu söyleyen sözlerini kopyalayın.",
    ),
    _t(
        "the quote “{quote}” stands in {count} places of the document: {places}.",
        "citati “{quote}” gjendet në {count} vende të dokumentit: {places}.",
        "цитата «{quote}» трапляється в документі кілька разів ({count}): {places}.",
        "“{quote}” alıntısı belgede {count} yerde geçiyor: {places}.",
    ),
    _t(
        "Quote more words, or say which place is meant with kv:quoteBefore or kv:quoteAfter: "
        "words that stand directly beside the quote.",
        "Citoni më shumë fjalë, ose tregoni cili vend është me kv:quoteBefore ose kv:quoteAfter: "
        "fjalë që janë fill pranë citatit.",
        "Процитуйте більше слів або вкажіть місце через kv:quoteBefore чи kv:quoteAfter: це "
        "слова, що стоять просто біля цитати.",
        "Daha çok söz alıntılayın ya da yeri kv:quoteBefore veya kv:quoteAfter ile belirtin: "
        "alıntının hemen yanındaki sözler.",
    ),
    _t(
        "the quote “{quote}” is in the document, but not beside the words that kv:quoteBefore "
        "and kv:quoteAfter name. It stands at {places}.",
        "citati “{quote}” është në dokument, por jo pranë fjalëve që japin kv:quoteBefore dhe "
        "kv:quoteAfter. Gjendet te {places}.",
        "цитата «{quote}» є в документі, але не біля слів, які називають kv:quoteBefore і "
        "kv:quoteAfter. Вона тут: {places}.",
        "“{quote}” alıntısı belgede var, ama kv:quoteBefore ve kv:quoteAfter sözlerinin yanında "
        "değil. Yeri: {places}.",
    ),
    _t(
        "Correct the neighbouring words; they must stand directly beside the quote.",
        "Ndreqni fjalët fqinje; ato duhet të jenë fill pranë citatit.",
        "Виправте сусідні слова; вони мають стояти просто біля цитати.",
        "Komşu sözleri düzeltin; alıntının hemen yanında olmalılar.",
    ),
    _t(
        "the quote “{quote}” is not in the document, nor anything like it.",
        "citati “{quote}” nuk është në dokument, as diçka e ngjashme.",
        "цитати «{quote}» немає в документі, як і чогось подібного.",
        "“{quote}” alıntısı belgede yok, benzeri de yok.",
    ),
    _t(
        "the quote “{quote}” is not in the document. The nearest passage, line {line}, column "
        "{column}, is “{passage}”: {difference}.",
        "citati “{quote}” nuk është në dokument. Fragmenti më i afërt, rreshti {line}, kolona "
        "{column}, është “{passage}”: {difference}.",
        "цитати «{quote}» немає в документі. Найближчий уривок, рядок {line}, стовпець {column}: "
        "«{passage}»; {difference}.",
        "“{quote}” alıntısı belgede yok. En yakın bölüm, satır {line}, sütun {column}: "
        "“{passage}”; {difference}.",
    ),
    _t(
        "the quote is not there.", "citati nuk është aty.", "цитати там немає.",
        "alıntı orada yok.",
    ),
    _t(
        "Copy the words from the document.",
        "Kopjojini fjalët nga dokumenti.",
        "Скопіюйте слова з документа.",
        "Sözleri belgeden kopyalayın.",
    ),
)  # fmt: skip

# What is said in the place of a value.
PARTS: tuple[Text, ...] = (
    _t("the end of the text", "fundi i tekstit", "кінець тексту", "metnin sonu"),
    _t("a blank", "një hapësirë", "пробіл", "boşluk"),
    _t("the character {letter}", "shenja {letter}", "символ {letter}", "{letter} karakteri"),
    _t("and {count} more", "dhe {count} të tjera", "і ще {count}", "ve {count} tane daha"),
    _t(
        "and {count} more differences", "dhe {count} ndryshime të tjera",
        "і ще відмінностей: {count}", "ve {count} fark daha",
    ),
    _t(
        "line {line}, column {column}: {words}",
        "rreshti {line}, kolona {column}: {words}",
        "рядок {line}, стовпець {column}: {words}",
        "satır {line}, sütun {column}: {words}",
    ),
    _t(
        "the quote has “{here}”, which the document has not",
        "citati ka “{here}”, që dokumenti nuk e ka",
        "у цитаті є «{here}», чого в документі немає",
        "alıntıda “{here}” var, belgede yok",
    ),
    _t(
        "the quote lacks “{there}”",
        "citatit i mungon “{there}”",
        "у цитаті бракує «{there}»",
        "alıntıda “{there}” eksik",
    ),
    _t(
        "the quote has “{here}”, the document “{there}”",
        "citati ka “{here}”, dokumenti “{there}”",
        "у цитаті «{here}», у документі «{there}»",
        "alıntıda “{here}”, belgede “{there}”",
    ),
    _t(
        "only letter case differs",
        "ndryshojnë vetëm shkronjat e mëdha e të vogla",
        "різниця лише у великих і малих літерах",
        "yalnız büyük ve küçük harfler farklı",
    ),
)  # fmt: skip
