"""Encodings, noticed by content."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from corpus.case import Case

TEXT = """\
Straße;Größe;Preis
Königsallee;71,5;1450
Fußweg;38,0;620
Übergasse;55,5;890
Marktplatz;92,0;1780
Ährenweg;64,5;1025
"""
TABLE = {
    "Straße": ["Königsallee", "Fußweg", "Übergasse", "Marktplatz", "Ährenweg"],
    "Größe": [71.5, 38.0, 55.5, 92.0, 64.5],
    "Preis": [1450, 620, 890, 1780, 1025],
}
PLAIN = """\
shop,sold,share
north,120,0.25
south,85,0.5
east,230,0.125
west,64,0.75
"""
SHOPS = {
    "shop": ["north", "south", "east", "west"],
    "sold": [120, 85, 230, 64],
    "share": [0.25, 0.5, 0.125, 0.75],
}

CASES = [
    Case("UTF-8", TEXT, TABLE),
    Case("UTF-8 with its mark", BOM_UTF8 + TEXT.encode(), TABLE),
    Case("UTF-8 with its mark and a quoted first name", BOM_UTF8 + PLAIN.replace("shop", '"shop"').encode(), SHOPS),
    Case("UTF-8 with its mark before sep=;", BOM_UTF8 + b"sep=;\r\n" + TEXT.encode(), TABLE),
    Case("UTF-16, little end first", BOM_UTF16_LE + TEXT.encode("utf-16-le"), TABLE, notes=["utf-?16"]),
    Case("UTF-16, big end first", BOM_UTF16_BE + TEXT.encode("utf-16-be"), TABLE, notes=["utf-?16"]),
    Case("UTF-16 and tabs, as Excel saves Unicode text",
         BOM_UTF16_LE + TEXT.replace(";", "\t").replace("\n", "\r\n").encode("utf-16-le"), TABLE, file="table.txt"),
    Case("cp1252", TEXT.encode("cp1252"), TABLE, notes=["1252"]),
    Case("cp1252 in the names alone", """\
Maß;Höhe;Gewicht
a1;12,5;80
a2;14,0;95
a3;9,5;61
a4;11,0;74
a5;13,5;88
""".encode("cp1252"), {
        "Maß": ["a1", "a2", "a3", "a4", "a5"],
        "Höhe": [12.5, 14.0, 9.5, 11.0, 13.5],
        "Gewicht": [80, 95, 61, 74, 88],
    }, notes=["1252"]),
    Case("cp1252 with euros and long dashes", """\
Artikel;Preis;Größen
Hemd;29,90 €;S – XL
Hose;49,50 €;M – XXL
Jacke;119,00 €;S – L
Schal;14,95 €;XS – S
Hut;24,00 €;M – L
Gürtel;19,90 €;S – M
""".encode("cp1252"), {
        "Artikel": ["Hemd", "Hose", "Jacke", "Schal", "Hut", "Gürtel"],
        "Preis": [29.9, 49.5, 119.0, 14.95, 24.0, 19.9],
        "Größen": ["S – XL", "M – XXL", "S – L", "XS – S", "M – L", "S – M"],
    }),
    Case("cp1252 in one late cell", (PLAIN + "Café,12,0.375\n").encode("cp1252"), {
        "shop": [*SHOPS["shop"], "Café"],
        "sold": [*SHOPS["sold"], 12],
        "share": [*SHOPS["share"], 0.375],
    }),
    Case("an encoding that was asked for", """\
miasto,ludność,powierzchnia
Łódź,672185,293.25
Kraków,779115,326.85
Gdańsk,470907,261.96
Wrocław,641928,292.82
Poznań,532048,261.91
""".encode("cp1250"), {
        "miasto": ["Łódź", "Kraków", "Gdańsk", "Wrocław", "Poznań"],
        "ludność": [672185, 779115, 470907, 641928, 532048],
        "powierzchnia": [293.25, 326.85, 261.96, 292.82, 261.91],
    }, {"encoding": "cp1250"}),
    Case("UTF-8 beyond Europe", """\
城市,人口,温度
東京,13960000,16.5
大阪,2691000,17.25
札幌,1952000,9.5
福岡,1612000,17.5
那覇,317000,23.5
""", {
        "城市": ["東京", "大阪", "札幌", "福岡", "那覇"],
        "人口": [13960000, 2691000, 1952000, 1612000, 317000],
        "温度": [16.5, 17.25, 9.5, 17.5, 23.5],
    }),
]  # fmt: skip
