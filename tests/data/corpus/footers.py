"""What stands below the rows: totals, sources, remarks."""

from datetime import datetime

from corpus.case import Case

SALES = {
    "shop": ["North", "South", "East", "West", "Hill", "Lake"],
    "staff": [4, 7, 3, 5, 2, 6],
    "sales": [1250.5, 2310.25, 870.0, 1490.75, 610.5, 1900.0],
}
BODY = """\
shop,staff,sales
North,4,1250.5
South,7,2310.25
East,3,870.0
West,5,1490.75
Hill,2,610.5
Lake,6,1900.0
"""
LOG = {
    "day": [datetime(2020, 5, 1), datetime(2020, 5, 2), datetime(2020, 5, 3), datetime(2020, 5, 4),
            datetime(2020, 5, 5)],
    "heads": [12, 15, 9, 20, 4],
    "hours": [3.5, 4.25, 2.0, 6.5, 1.75],
}  # fmt: skip
DAYS = """\
day,heads,hours
2020-05-01,12,3.5
2020-05-02,15,4.25
2020-05-03,9,2.0
2020-05-04,20,6.5
2020-05-05,4,1.75
"""

CASES = [
    Case("Total", BODY + "Total,27,8432.0\n", SALES, notes=["total", "line 8"]),
    Case("TOTAL:", BODY + "TOTAL:,27,8432.0\n", SALES, notes=["total"]),
    Case("Grand Total after a blank line", BODY + "\nGrand Total,27,8432.0\n", SALES, notes=["total"]),
    Case("Total of one column", BODY + "Total,,8432.0\n", SALES, notes=["total"]),
    Case("Total and average", BODY + "Total,27,8432.0\nAverage,4.5,1405.33\n", SALES, notes=["total", "average"]),
    Case("Sum", BODY + "Sum,27,8432.0\n", SALES, notes=["sum"]),
    Case("Summe, between semicolons", """\
Filiale;Personal;Umsatz
Nord;4;1.250,50
Süd;7;2.310,25
Ost;3;870,00
West;5;1.490,75
Berg;2;610,50
Summe;21;6.532,00
""", {
        "Filiale": ["Nord", "Süd", "Ost", "West", "Berg"],
        "Personal": [4, 7, 3, 5, 2],
        "Umsatz": [1250.5, 2310.25, 870.0, 1490.75, 610.5],
    }, notes=["summe"]),
    Case("Insgesamt", """\
Filiale;Personal;Umsatz
Nord;4;1.250,50
Süd;7;2.310,25
Ost;3;870,00
West;5;1.490,75
Berg;2;610,50
Insgesamt;21;6.532,00
""", {
        "Filiale": ["Nord", "Süd", "Ost", "West", "Berg"],
        "Personal": [4, 7, 3, 5, 2],
        "Umsatz": [1250.5, 2310.25, 870.0, 1490.75, 610.5],
    }, notes=["insgesamt"]),
    Case("Total général, with spaces in numbers", """\
Magasin;Effectif;Ventes
Lille;4;1 250,50
Lyon;7;2 310,25
Metz;3;870,00
Nice;5;1 490,75
Pau;2;610,50
Total général;21;6 532,00
""", {
        "Magasin": ["Lille", "Lyon", "Metz", "Nice", "Pau"],
        "Effectif": [4, 7, 3, 5, 2],
        "Ventes": [1250.5, 2310.25, 870.0, 1490.75, 610.5],
    }, notes=["total"]),
    Case("Total below dates", DAYS + "Total,60,18.0\n", LOG, notes=["total"]),
    Case("a total without a label", DAYS + ",60,18.0\n", LOG, notes=["total|sum"]),
    Case("Total in the second column", """\
region,shop,staff,sales
A,North,4,1250.5
A,South,7,2310.25
B,East,3,870.0
B,West,5,1490.75
B,Hill,2,610.5
,Total,21,6532.0
""", {
        "region": ["A", "A", "B", "B", "B"],
        "shop": ["North", "South", "East", "West", "Hill"],
        "staff": [4, 7, 3, 5, 2],
        "sales": [1250.5, 2310.25, 870.0, 1490.75, 610.5],
    }, notes=["total"]),
    Case("a total of money with a sign", """\
item,cost
rent,"$1,200.50"
food,$410.25
fuel,$96.00
phone,$35.75
books,$57.50
Total,"$1,800.00"
""", {
        "item": ["rent", "food", "fuel", "phone", "books"],
        "cost": [1200.5, 410.25, 96.0, 35.75, 57.5],
    }, notes=["total"]),
    Case("a company called Total between the rows", """\
company,country,employees
Shell,UK,87000
Total,France,105476
Eni,Italy,31888
Equinor,Norway,21245
Repsol,Spain,24134
""", {
        "company": ["Shell", "Total", "Eni", "Equinor", "Repsol"],
        "country": ["UK", "France", "Italy", "Norway", "Spain"],
        "employees": [87000, 105476, 31888, 21245, 24134],
    }),
    Case("a source", BODY + "Source: Chamber of Commerce\n", SALES, notes=["source|line 8"]),
    Case("a source after a blank line, with commas", BODY + "\n\"Source: Chamber of Commerce, own count, 2021\"\n",
         SALES, notes=["source|line 9"]),
    Case("a source with commas and no quotes", BODY + "\nSource: Chamber of Commerce, own count, 2021, revised\n",
         SALES, notes=["source|line 9"]),
    Case("Quelle", "Ort;Fläche\nBonn;141,06\nKöln;405,02\nNeuss;99,53\nEssen;210,34\nHagen;160,45\n"
         "Quelle: Statistisches Landesamt\n", {
        "Ort": ["Bonn", "Köln", "Neuss", "Essen", "Hagen"],
        "Fläche": [141.06, 405.02, 99.53, 210.34, 160.45],
    }, notes=["quelle|line 7"]),
    Case("remarks on marks", BODY + "* preliminary\n** closed for repairs in May\n", SALES),
    Case("a note and a date of export", BODY + "\nNote: figures are rounded\nExported on 2021-04-01 10:15\n", SALES),
    Case("a total, a blank line and a source as wide as the table",
         BODY + "Total,27,8432.0\n,,\nSource: Chamber of Commerce,,\n", SALES, notes=["total"]),
    Case("a line of dashes before the total", BODY + "----,----,----\nTotal,27,8432.0\n", SALES, notes=["total"]),
    Case("copyright", DAYS + "\n© Weather Office 2020\n", LOG),
    Case("a preamble and a footer", "Shops of the region\n\n" + BODY + "Total,27,8432.0\n\nSource: own count\n", SALES),
]  # fmt: skip
