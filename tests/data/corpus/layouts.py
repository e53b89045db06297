"""What stands before, between and beside the rows: titles, preambles, comments, units, groups, blanks."""

from datetime import datetime

from corpus.case import Case

CITIES = {
    "city": ["Aachen", "Bonn", "Celle", "Dessau", "Essen"],
    "people": [249070, 331885, 69706, 79686, 582415],
    "area": [160.85, 141.06, 176.05, 244.74, 210.34],
}
ROWS = """\
Aachen,249070,160.85
Bonn,331885,141.06
Celle,69706,176.05
Dessau,79686,244.74
Essen,582415,210.34
"""
NAMES = "city,people,area\n"
WEATHER = {
    "date": [datetime(2020, 7, 1), datetime(2020, 7, 2), datetime(2020, 7, 3), datetime(2020, 7, 4),
             datetime(2020, 7, 5)],
    "temp": [21.5, 19.0, 23.25, 25.5, 18.75],
    "rain": [0.0, 4.2, 0.0, 0.1, 12.6],
}  # fmt: skip
DAYS = """\
2020-07-01,21.5,0.0
2020-07-02,19.0,4.2
2020-07-03,23.25,0.0
2020-07-04,25.5,0.1
2020-07-05,18.75,12.6
"""

CASES = [
    Case("a title", "Cities by size\n" + NAMES + ROWS, CITIES, notes=["Cities by size|line 1"]),
    Case("a title and a blank line", "Cities by size\n\n" + NAMES + ROWS, CITIES),
    Case("a title as wide as the table", "Cities by size,,\n" + NAMES + ROWS, CITIES, notes=["Cities by size|line 1"]),
    Case("a title, a subtitle and blank lines as wide as the table",
         "Cities by size,,\nas of 31 December 2020,,\n,,\n" + NAMES + ROWS, CITIES),
    Case("a title in quotes with a comma", '"Cities, by size"\n' + NAMES + ROWS, CITIES),
    Case("a preamble of keys and values",
         "Station:,Harbour\nOperator:,Weather Office\nHeight:,12 m\n\ndate,temp,rain\n" + DAYS, WEATHER),
    Case("a preamble of keys and values as wide as the table",
         "Station,Harbour,\nOperator,Weather Office,\nHeight,12 m,\n,,\ndate,temp,rain\n" + DAYS, WEATHER),
    Case("a long preamble of sentences", """\
Statistical Office of the Realm
Table 12-4: Cities, people and area
Published 2021-06-30; see the notes for methods.
Figures are preliminary
All figures refer to the end of the year

""" + NAMES + ROWS, CITIES, notes=["line"]),
    Case("a preamble with semicolons", """\
Bericht: Kasse
Zeitraum: 01.01.2021 - 31.01.2021
Filiale: Mitte

Tag;Umsatz;Kunden
04.01.2021;1.250,50;81
05.01.2021;980,00;64
06.01.2021;1.410,25;93
07.01.2021;875,75;58
18.01.2021;1.102,10;77
""", {
        "Tag": [datetime(2021, 1, 4), datetime(2021, 1, 5), datetime(2021, 1, 6), datetime(2021, 1, 7),
                datetime(2021, 1, 18)],
        "Umsatz": [1250.5, 980.0, 1410.25, 875.75, 1102.1],
        "Kunden": [81, 64, 93, 58, 77],
    }),
    Case("a blank line first", "\n" + NAMES + ROWS, CITIES),
    Case("blank lines between the rows", NAMES + ROWS.replace("Bonn", "\nBonn").replace("Essen", "\n\nEssen"), CITIES,
         notes=["blank|empty"]),
    Case("rows of nothing but separators", NAMES + ROWS.replace("Celle", ",,\nCelle") + ",,\n,,\n", CITIES,
         notes=["blank|empty"]),
    Case("blank lines at the end", NAMES + ROWS + "\n\n\n", CITIES),
    Case("lines of spaces at the end", NAMES + ROWS + "   \n  \n", CITIES),
    Case("comments before the names", "# written by logger 4.2\n# all times in UTC\n" + NAMES + ROWS, CITIES,
         notes=["comment|#"]),
    Case("comments between the rows", NAMES + ROWS.replace("Dessau", "# counted anew, with care\nDessau"), CITIES,
         notes=["comment|#"]),
    Case("a comment at the end", NAMES + ROWS + "# end of file\n", CITIES),
    Case("text that begins with a hash", """\
tag,posts,likes
#sun,120,4.5
#rain,45,2.25
#snow,230,7.0
#wind,12,1.5
#fog,8,0.75
""", {
        "tag": ["#sun", "#rain", "#snow", "#wind", "#fog"],
        "posts": [120, 45, 230, 12, 8],
        "likes": [4.5, 2.25, 7.0, 1.5, 0.75],
    }),
    Case("a row of units under the names", "date,temp,rain\n,°C,mm\n" + DAYS, WEATHER, notes=["unit", "°C|line 2"]),
    Case("a row of units in brackets", "date,temp,rain\n[UTC],[degC],[mm]\n" + DAYS, WEATHER, notes=["unit|line 2"]),
    Case("a row of units between semicolons", """\
Zeit;Strom;Spannung
;A;V
2021-03-01 10:00;1,5;230,1
2021-03-01 10:05;1,75;229,8
2021-03-01 10:10;0,5;231,0
2021-03-01 10:15;2,25;230,4
2021-03-01 10:20;1,0;228,9
""", {
        "Zeit": [datetime(2021, 3, 1, 10, minute) for minute in (0, 5, 10, 15, 20)],
        "Strom": [1.5, 1.75, 0.5, 2.25, 1.0],
        "Spannung": [230.1, 229.8, 231.0, 230.4, 228.9],
    }, notes=["unit|line 2"]),
    Case("a row of kinds under the names", "city,people,area\nstring,int,float\n" + ROWS, CITIES, notes=["line 2"]),
    Case("a row of groups above the names", """\
,Size,,Price,
name,width,height,net,gross
lid,12.5,3.5,10.0,11.9
box,40.0,22.5,25.5,30.35
rod,2.5,180.0,4.2,5.0
cap,4.0,4.5,1.1,1.31
tub,35.5,18.0,18.0,21.42
""", {
        "name": ["lid", "box", "rod", "cap", "tub"],
        "width": [12.5, 40.0, 2.5, 4.0, 35.5],
        "height": [3.5, 22.5, 180.0, 4.5, 18.0],
        "net": [10.0, 25.5, 4.2, 1.1, 18.0],
        "gross": [11.9, 30.35, 5.0, 1.31, 21.42],
    }, notes=["line 1|Size"]),
    Case("a title, groups, names and units", """\
Yields 2020;;;;
;Wheat;;Rye;
farm;area;yield;plot;harvest
;ha;t;ha;t
Nord;12,5;88,0;4,0;21,5
Süd;8,0;60,5;6,5;33,0
Ost;20,25;140,0;2,0;9,5
West;15,0;101,5;3,5;17,25
Mitte;9,75;70,0;5,0;26,0
""", {
        "farm": ["Nord", "Süd", "Ost", "West", "Mitte"],
        "area": [12.5, 8.0, 20.25, 15.0, 9.75],
        "yield": [88.0, 60.5, 140.0, 101.5, 70.0],
        "plot": [4.0, 6.5, 2.0, 3.5, 5.0],
        "harvest": [21.5, 33.0, 9.5, 17.25, 26.0],
    }),
    Case("a blank column at the left", "".join("," + line + "\n" for line in (NAMES + ROWS).splitlines()), CITIES,
         notes=["column_1|blank|empty"]),
    Case("the names once more between the rows", NAMES + ROWS.replace("Dessau", NAMES + "Dessau"), CITIES,
         notes=["line 5|again|repeat"]),
    Case("lines left out as asked", "export 7\n1,2,3\n" + NAMES + ROWS, CITIES, {"skip_rows": 2}),
    Case("lines left out as asked, comments counted", "# export\n# by me\nx,y,z\n" + NAMES + ROWS, CITIES,
         {"skip_rows": 3}),
]  # fmt: skip
