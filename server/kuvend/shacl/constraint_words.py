"""The words of SHACL constraints, for shapes that bring no message of their own."""

from __future__ import annotations

from collections.abc import Mapping

from kuvend.shacl.wording import Text
from kuvend.shacl.wording import text as _t

# Constraint components of SHACL, by local name without "ConstraintComponent".
CONSTRAINTS: Mapping[str, Text] = {
    "MinCount": _t(
        "{this} has too few values of {path}: at least {limit}.",
        "{this} ka shumë pak vlera për {path}: së paku {limit}.",
        "{this} має замало значень {path}: потрібно щонайменше {limit}.",
        "{this} için {path} değeri eksik: en az {limit} olmalı.",
    ),
    "MaxCount": _t(
        "{this} has too many values of {path}: at most {limit}.",
        "{this} ka tepër vlera për {path}: së shumti {limit}.",
        "{this} має забагато значень {path}: дозволено щонайбільше {limit}.",
        "{this} için {path} değeri fazla: en çok {limit} olmalı.",
    ),
    "Datatype": _t(
        "{value} is not a value of type {limit}.",
        "{value} nuk është vlerë e llojit {limit}.",
        "{value} не є значенням типу {limit}.",
        "{value}, {limit} türünde bir değer değil.",
    ),
    "NodeKind": _t(
        "{value} is not of the kind {limit}.",
        "{value} nuk është e llojit {limit}.",
        "{value} не належить до виду {limit}.",
        "{value}, {limit} türünden değil.",
    ),
    "Class": _t(
        "{value} is not a {limit}.",
        "{value} nuk është {limit}.",
        "{value} не належить до класу {limit}.",
        "{value}, {limit} sınıfından değil.",
    ),
    "Pattern": _t(
        "{value} does not have the form {limit}.",
        "{value} nuk ka formën {limit}.",
        "{value} не відповідає зразку {limit}.",
        "{value}, {limit} biçimine uymuyor.",
    ),
    "MinLength": _t(
        "{value} is shorter than {limit} characters.",
        "{value} është më e shkurtër se {limit} shkronja.",
        "{value} коротше за {limit} символів.",
        "{value}, {limit} karakterden kısa.",
    ),
    "MaxLength": _t(
        "{value} is longer than {limit} characters.",
        "{value} është më e gjatë se {limit} shkronja.",
        "{value} довше за {limit} символів.",
        "{value}, {limit} karakterden uzun.",
    ),
    "In": _t(
        "{value} is not one of the allowed values: {limit}.",
        "{value} nuk është ndër vlerat e lejuara: {limit}.",
        "{value} не входить до дозволених значень: {limit}.",
        "{value} izin verilen değerlerden biri değil: {limit}.",
    ),
    "HasValue": _t(
        "{this} lacks the value {limit} of {path}.",
        "{this} nuk e ka vlerën {limit} për {path}.",
        "{this} не має значення {limit} для {path}.",
        "{this} için {path} değeri {limit} eksik.",
    ),
    "LanguageIn": _t(
        "{value} has no language tag of this list: {limit}.",
        "{value} nuk ka shenjë gjuhe nga kjo listë: {limit}.",
        "{value} не має позначки мови з цього переліку: {limit}.",
        "{value} şu listeden bir dil etiketi taşımıyor: {limit}.",
    ),
    "UniqueLang": _t(
        "{this} has more than one {path} in one language.",
        "{this} ka më shumë se një {path} në një gjuhë.",
        "{this} має більш ніж одне значення {path} однією мовою.",
        "{this} için bir dilde birden çok {path} var.",
    ),
    "MinInclusive": _t(
        "{value} is less than {limit}.",
        "{value} është më e vogël se {limit}.",
        "{value} менше за {limit}.",
        "{value}, {limit} değerinden küçük.",
    ),
    "MinExclusive": _t(
        "{value} is not greater than {limit}.",
        "{value} nuk është më e madhe se {limit}.",
        "{value} не більше за {limit}.",
        "{value}, {limit} değerinden büyük değil.",
    ),
    "MaxInclusive": _t(
        "{value} is greater than {limit}.",
        "{value} është më e madhe se {limit}.",
        "{value} більше за {limit}.",
        "{value}, {limit} değerinden büyük.",
    ),
    "MaxExclusive": _t(
        "{value} is not less than {limit}.",
        "{value} nuk është më e vogël se {limit}.",
        "{value} не менше за {limit}.",
        "{value}, {limit} değerinden küçük değil.",
    ),
    "LessThan": _t(
        "{value} is not before the value of {limit}.",
        "{value} nuk është para vlerës së {limit}.",
        "{value} не передує значенню {limit}.",
        "{value}, {limit} değerinden önce değil.",
    ),
    "LessThanOrEquals": _t(
        "{value} comes after the value of {limit}.",
        "{value} vjen pas vlerës së {limit}.",
        "{value} пізніше за значення {limit}.",
        "{value}, {limit} değerinden sonra geliyor.",
    ),
    "Equals": _t(
        "The values of {path} and {limit} differ: {value}.",
        "Vlerat e {path} dhe {limit} ndryshojnë: {value}.",
        "Значення {path} і {limit} різняться: {value}.",
        "{path} ile {limit} değerleri farklı: {value}.",
    ),
    "Disjoint": _t(
        "{value} is a value both of {path} and of {limit}.",
        "{value} është vlerë edhe e {path} edhe e {limit}.",
        "{value} є значенням і {path}, і {limit}.",
        "{value} hem {path} hem {limit} değeri.",
    ),
    "Not": _t(
        "{value} is what it must not be ({shape}).",
        "{value} është ajo që nuk duhet të jetë ({shape}).",
        "{value} є тим, чим бути не може ({shape}).",
        "{value} olmaması gereken bir şey ({shape}).",
    ),
    "Node": _t(
        "{value} does not fit what is asked of it ({shape}).",
        "{value} nuk i përgjigjet asaj që kërkohet ({shape}).",
        "{value} не відповідає вимогам ({shape}).",
        "{value} istenene uymuyor ({shape}).",
    ),
    "And": _t(
        "{value} does not fit all that is asked of it ({shape}).",
        "{value} nuk i përgjigjet gjithë asaj që kërkohet ({shape}).",
        "{value} не відповідає всім вимогам ({shape}).",
        "{value} istenenlerin hepsine uymuyor ({shape}).",
    ),
    "Or": _t(
        "{value} fits none of the forms that are possible here.",
        "{value} nuk i përgjigjet asnjë forme të mundshme këtu.",
        "{value} не відповідає жодному з можливих варіантів.",
        "{value} burada mümkün olan biçimlerin hiçbirine uymuyor.",
    ),
    "Xone": _t(
        "{value} must fit exactly one of the forms that are possible here.",
        "{value} duhet t’i përgjigjet vetëm njërës nga format e mundshme.",
        "{value} має відповідати рівно одному з можливих варіантів.",
        "{value} mümkün biçimlerden tam olarak birine uymalı.",
    ),
    "QualifiedMinCount": _t(
        "{this} has too few values of {path} of the kind asked for: at least {limit}.",
        "{this} ka shumë pak vlera për {path} të llojit të kërkuar: së paku {limit}.",
        "{this} має замало значень {path} потрібного виду: щонайменше {limit}.",
        "{this} için istenen türde {path} değeri eksik: en az {limit} olmalı.",
    ),
    "QualifiedMaxCount": _t(
        "{this} has too many values of {path} of this kind: at most {limit}.",
        "{this} ka tepër vlera për {path} të këtij lloji: së shumti {limit}.",
        "{this} має забагато значень {path} цього виду: щонайбільше {limit}.",
        "{this} için bu türde {path} değeri fazla: en çok {limit} olmalı.",
    ),
    "Closed": _t(
        "{path} is not a property that {this} may have.",
        "{path} nuk është veti që mund ta ketë {this}.",
        "{path} не є властивістю, яку може мати {this}.",
        "{path}, {this} için kullanılabilecek bir özellik değil.",
    ),
    "Other": _t(
        "{this} does not fit the rule {shape}.",
        "{this} nuk i përgjigjet rregullit {shape}.",
        "{this} не відповідає правилу {shape}.",
        "{this}, {shape} kuralına uymuyor.",
    ),
}

# How a date of each type is written, by the local name of the type; a pattern beside the type
# is no help to people.
DATE_FORMS: Mapping[str, Text] = {
    "date": _t(
        "{value} is not a day like 1999-05-17 ({limit}).",
        "{value} nuk është ditë si 1999-05-17 ({limit}).",
        "{value} — не день на зразок 1999-05-17 ({limit}).",
        "{value}, 1999-05-17 gibi bir gün değil ({limit}).",
    ),
    "gYearMonth": _t(
        "{value} is not a month like 1999-05 ({limit}).",
        "{value} nuk është muaj si 1999-05 ({limit}).",
        "{value} — не місяць на зразок 1999-05 ({limit}).",
        "{value}, 1999-05 gibi bir ay değil ({limit}).",
    ),
    "gYear": _t(
        "{value} is not a year like 1999 ({limit}).",
        "{value} nuk është vit si 1999 ({limit}).",
        "{value} — не рік на зразок 1999 ({limit}).",
        "{value}, 1999 gibi bir yıl değil ({limit}).",
    ),
    "dateTime": _t(
        "{value} is not a moment like 1999-05-17T09:30:00 ({limit}).",
        "{value} nuk është çast si 1999-05-17T09:30:00 ({limit}).",
        "{value} — не момент на зразок 1999-05-17T09:30:00 ({limit}).",
        "{value}, 1999-05-17T09:30:00 gibi bir an değil ({limit}).",
    ),
}

# What keeps a text from being a date, by what it is.
DATE_TROUBLES: Mapping[str, Text] = {
    "day": _t(
        "There is no day {day} in {month}: that month has {days} days.",
        "Muaji {month} nuk ka ditë {day}: ai ka {days} ditë.",
        "У місяці {month} немає дня {day}: днів у ньому {days}.",
        "{month} ayında {day}. gün yok: o ay {days} gün çeker.",
    ),
    "month": _t(
        "There is no month {month}: months go from 01 to 12, and the order is year-month-day.",
        "Nuk ka muaj {month}: muajt shkojnë nga 01 deri në 12, dhe radha është viti-muaji-dita.",
        "Немає місяця {month}: місяці — від 01 до 12, а порядок — рік-місяць-день.",
        "{month}. ay yok: aylar 01 ile 12 arasındadır ve sıra yıl-ay-gündür.",
    ),
    "year": _t(
        "A year has four digits, and {year} has {count}.",
        "Viti ka katër shifra, kurse {year} ka {count}.",
        "Рік має чотири цифри, а в {year} їх {count}.",
        "Yıl dört hanelidir; {year} ise {count} haneli.",
    ),
    "digits": _t(
        "Month and day have two digits each.",
        "Muaji dhe dita shkruhen me nga dy shifra.",
        "Місяць і день пишуть двома цифрами.",
        "Ay ve gün ikişer haneyle yazılır.",
    ),
    "zone": _t(
        "A day is written without a time zone: without “{zone}”.",
        "Dita shkruhet pa zonë kohore: pa “{zone}”.",
        "День пишуть без часового поясу: без “{zone}”.",
        "Gün, saat dilimi olmadan yazılır: “{zone}” olmadan.",
    ),
    "ambiguous": _t(
        "{value} can be read in two ways: {one} or {other}. Write the one that is meant.",
        "{value} mund të lexohet në dy mënyra: {one} ose {other}. Shkruani atë që duhet.",
        "{value} можна прочитати двояко: {one} або {other}. Напишіть те, що мається на увазі.",
        "{value} iki türlü okunabilir: {one} ya da {other}. Kastedileni yazın.",
    ),
    "type": _t(
        "The digits are right, but they are marked as {type}.",
        "Shifrat janë të drejta, por janë shënuar si {type}.",
        "Цифри правильні, але позначені як {type}.",
        "Rakamlar doğru, ama {type} diye işaretlenmiş.",
    ),
    "plain": _t(
        "The digits are right, but nothing marks them as a date.",
        "Shifrat janë të drejta, por asgjë s’i shënon si datë.",
        "Цифри правильні, але ніщо не позначає їх як дату.",
        "Rakamlar doğru, ama onları tarih diye işaretleyen bir şey yok.",
    ),
    "language": _t(
        "The digits are right, but they are marked as text in a language (@{tag}).",
        "Shifrat janë të drejta, por janë shënuar si tekst në një gjuhë (@{tag}).",
        "Цифри правильні, але позначені як текст якоюсь мовою (@{tag}).",
        "Rakamlar doğru, ama bir dilde metin diye işaretlenmiş (@{tag}).",
    ),
}
