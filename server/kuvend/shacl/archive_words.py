"""What is said of archives, in each language."""

from __future__ import annotations

from kuvend.shacl.wording import Text
from kuvend.shacl.wording import text as _t

ARCHIVES: tuple[Text, ...] = (
    _t(
        "packed more than {times} times.",
        "e paketuar më shumë se {times} herë.",
        "запаковано більше разів, ніж {times}.",
        "{times} kereden fazla paketlenmiş.",
    ),
    _t(
        "nothing in the archive is RDF.",
        "asgjë në arkiv nuk është RDF.",
        "в архіві немає нічого в RDF.",
        "arşivde RDF olan hiçbir şey yok.",
    ),
    _t(
        "Its files are known by their endings: {endings}.",
        "Skedarët e tij njihen nga mbaresat: {endings}.",
        "Його файли розпізнають за закінченнями: {endings}.",
        "Dosyaları uzantılarından tanınır: {endings}.",
    ),
    _t(
        "this file of the archive is not read.",
        "ky skedar i arkivit nuk lexohet.",
        "цей файл архіву не читають.",
        "arşivdeki bu dosya okunmaz.",
    ),
    _t(
        "Give it the ending of an RDF format, such as .ttl, if it holds data.",
        "Nëse përmban të dhëna, jepini mbaresën e një formati RDF, si .ttl.",
        "Якщо в ньому є дані, дайте йому закінчення формату RDF, наприклад .ttl.",
        "İçinde veri varsa, ona .ttl gibi bir RDF biçiminin uzantısını verin.",
    ),
)
