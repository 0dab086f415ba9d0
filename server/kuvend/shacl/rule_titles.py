"""The titles of the rules beyond SHACL, in the order in which they are described."""

from __future__ import annotations

from collections.abc import Mapping

from kuvend.shacl.wording import Text
from kuvend.shacl.wording import text as _t

TITLES: Mapping[str, Text] = {
    "syntax": _t("Syntax error", "Gabim sintakse", "Синтаксична помилка", "Sözdizimi hatası"),
    "lost-key": _t("Lost value", "Vlerë e humbur", "Втрачене значення", "Kaybolan değer"),
    "nothing-stated": _t(
        "Nothing stated", "Asnjë pohim", "Жодного твердження", "Hiçbir ifade yok"
    ),
    "unknown-class": _t("Unknown class", "Klasë e panjohur", "Невідомий клас", "Bilinmeyen sınıf"),
    "unknown-property": _t(
        "Unknown property", "Veti e panjohur", "Невідома властивість", "Bilinmeyen özellik"
    ),
    "other-property": _t(
        "Property not used here", "Veti që s’përdoret këtu", "Властивість, якої тут не вживають",
        "Burada kullanılmayan özellik",
    ),
    "unknown-concept": _t(
        "Unknown concept", "Koncept i panjohur", "Невідоме поняття", "Bilinmeyen kavram"
    ),
    "wrong-kind": _t(
        "Term in the wrong place", "Term jo në vendin e vet", "Термін не на своєму місці",
        "Yanlış yerde terim",
    ),
    "wrong-namespace": _t(
        "Wrong namespace", "Hapësirë emrash e gabuar", "Хибний простір назв", "Yanlış ad alanı"
    ),
    "unknown-vocabulary": _t(
        "Vocabulary not used here", "Fjalor që s’përdoret këtu", "Словник, якого тут не вживають",
        "Burada kullanılmayan sözlük",
    ),
    "deprecated-term": _t(
        "Term no longer used", "Term që nuk përdoret më", "Термін, якого більше не вживають",
        "Artık kullanılmayan terim",
    ),
    "wrong-subject": _t(
        "Property of another kind of thing", "Veti e një lloji tjetër gjëje",
        "Властивість речі іншого виду", "Başka tür bir şeyin özelliği",
    ),
    "wrong-object": _t(
        "Value of the wrong kind", "Vlerë e llojit të gabuar", "Значення хибного виду",
        "Yanlış türden değer",
    ),
    "wrong-address": _t(
        "Address written otherwise", "Adresë e shkruar ndryshe", "Адреса, записана інакше",
        "Başka türlü yazılmış adres",
    ),
    "undeclared-prefix": _t(
        "Prefix not declared", "Parashtesë e padeklaruar", "Неоголошений префікс",
        "Bildirilmemiş önek",
    ),
    "address-as-text": _t(
        "Address written as text", "Adresë e shkruar si tekst", "Адреса, записана текстом",
        "Metin olarak yazılmış adres",
    ),
    "text-as-class": _t(
        "Class written as text", "Klasë e shkruar si tekst", "Клас, записаний текстом",
        "Metin olarak yazılmış sınıf",
    ),
    "thing-as-name": _t(
        "Address for a name", "Adresë në vend të emrit", "Адреса замість назви", "Ad yerine adres"
    ),
    "bad-iri": _t(
        "Malformed address", "Adresë me formë të gabuar", "Адреса хибної форми", "Biçimsiz adres"
    ),
    "foreign-address": _t(
        "Address of another project", "Adresë e një projekti tjetër", "Адреса іншого проєкту",
        "Başka projenin adresi",
    ),
    "address-kind": _t(
        "Address of another kind", "Adresë e llojit tjetër", "Адреса іншого виду",
        "Başka türden adres",
    ),
    "unknown-thing": _t(
        "Thing nobody describes", "Gjë që s’e përshkruan askush", "Річ, якої ніхто не описує",
        "Kimsenin tanımlamadığı şey",
    ),
    "classless-thing": _t(
        "Thing without a class", "Gjë pa klasë", "Річ без класу", "Sınıfsız şey"
    ),
    "known-under-another-iri": _t(
        "Known under another address", "E njohur me adresë tjetër", "Відоме за іншою адресою",
        "Başka adresle bilinen",
    ),
    "language-tag": _t(
        "Wrong language code", "Kod gjuhe i gabuar", "Хибний код мови", "Yanlış dil kodu"
    ),
    "language-script": _t(
        "Letters of another language", "Shkronja të një gjuhe tjetër", "Літери іншої мови",
        "Başka dilin harfleri",
    ),
    "mixed-scripts": _t(
        "Mixed scripts", "Alfabete të përziera", "Змішані алфавіти", "Karışık alfabeler"
    ),
    "not-nfc": _t(
        "Letters in pieces", "Shkronja në copa", "Літери частинами", "Parçalı harfler"
    ),
    "hidden-character": _t(
        "Unseen character", "Shenjë e padukshme", "Невидимий знак", "Görünmeyen karakter"
    ),
    "broken-letters": _t(
        "Broken letters", "Shkronja të prishura", "Зіпсовані літери", "Bozuk harfler"
    ),
    "markup-in-text": _t("HTML in text", "HTML në tekst", "HTML у тексті", "Metinde HTML"),
    "unlikely-date": _t(
        "Unlikely date", "Datë e pamundshme", "Малоймовірна дата", "Olası olmayan tarih"
    ),
    "citation": _t(
        "Citation at fault", "Citim me gabim", "Помилка в посиланні", "Hatalı alıntı kaydı"
    ),
    "quote-not-found": _t(
        "Quote not found", "Citat që nuk gjendet", "Цитати не знайдено", "Bulunmayan alıntı"
    ),
    "wrong-offsets": _t(
        "Passage elsewhere", "Fragment në vend tjetër", "Уривок на іншому місці",
        "Alıntı bölümü başka yerde",
    ),
    "approximate-as-exact": _t(
        "About, entered as exact", "“Rreth”, i shënuar si i saktë", "«Близько», записане як точне",
        "Yaklaşık, kesin olarak girilmiş",
    ),
    "value-not-in-quote": _t(
        "Value the quote does not have", "Vlerë që citimi nuk e ka",
        "Значення, якого немає в цитаті", "Alıntıda olmayan değer",
    ),
    "precision-beyond-quote": _t(
        "More exact than the source", "Më e saktë se burimi", "Точніше за джерело",
        "Kaynaktan daha kesin",
    ),
    "attestation-as-start": _t(
        "Date of the page as beginning", "Data e faqes si fillim", "Дата сторінки як початок",
        "Sayfa tarihi başlangıç olarak",
    ),
    "contradiction": _t("Contradiction", "Kundërthënie", "Суперечність", "Çelişki"),
    "merged-things": _t(
        "Two things made one", "Dy gjëra të bëra një", "Дві речі, зведені в одну",
        "Birleşen iki şey",
    ),
}  # fmt: skip

# Rules whose words come with the error: what they are about.
PLAIN: Mapping[str, Text] = {
    "syntax": _t(
        "The text cannot be read here; the message says what was expected.",
        "Teksti nuk lexohet dot këtu; mesazhi thotë çfarë pritej.",
        "Тут текст не читається; повідомлення каже, чого бракує.",
        "Metin burada okunamıyor; ileti ne beklendiğini söyler.",
    ),
    "lost-key": _t(
        "JSON-LD would drop this in silence: a key, class or address that means nothing.",
        "JSON-LD do ta hidhte këtë pa thënë gjë: një çelës, klasë a adresë pa kuptim.",
        "JSON-LD мовчки відкинув би це: ключ, клас чи адресу, що нічого не означають.",
        "JSON-LD bunu sessizce atardı: bir anlamı olmayan anahtar, sınıf ya da adres.",
    ),
    "citation": _t(
        "A citation is used and not described, has no quote, or is said of no statement.",
        "Një citim përdoret pa u përshkruar, s’ka fjalë, ose s’i takon asnjë pohimi.",
        "Посилання вжито, але не описано, воно без цитати або не стосується твердження.",
        "Bir alıntı kaydı kullanılmış ama tanımlanmamış, sözü yok ya da hiçbir ifadeye ait değil.",
    ),
    "quote-not-found": _t(
        "The words are not in the document, or stand there more than once. Copy them from it, "
        "with enough around them to be found once.",
        "Fjalët nuk janë në dokument, ose janë më shumë se një herë. Kopjojini prej tij, me aq "
        "fjalë përreth sa të gjenden një herë.",
        "Цих слів немає в документі або вони трапляються кілька разів. Скопіюйте їх із нього "
        "разом із сусідніми словами, щоб місце було одне.",
        "Sözler belgede yok ya da birden çok kez geçiyor. Belgeden, tek bir yerde bulunacak kadar "
        "çevresiyle kopyalayın.",
    ),
    "contradiction": _t(
        "Two things are said that cannot both be true, by the axioms of the ontology.",
        "Thuhen dy gjëra që s’mund të jenë të vërteta bashkë, sipas aksiomave të ontologjisë.",
        "Сказано два твердження, які за аксіомами онтології не можуть бути істинними разом.",
        "Ontolojinin aksiyomlarına göre birlikte doğru olamayacak iki şey söyleniyor.",
    ),
}
