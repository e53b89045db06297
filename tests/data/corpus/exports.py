"""Files as programs write them."""

from datetime import datetime

from corpus.case import Case

CASES = [
    Case("pandas with its index", """\
,width,shade,cost
0,2.5,red,10.25
1,3.75,blue,12.5
2,1.5,red,7.75
3,4.25,green,15.0
4,2.0,blue,9.5
""", {
        "column_1": [0, 1, 2, 3, 4],
        "width": [2.5, 3.75, 1.5, 4.25, 2.0],
        "shade": ["red", "blue", "red", "green", "blue"],
        "cost": [10.25, 12.5, 7.75, 15.0, 9.5],
    }, notes=["column_1"]),
    Case("pandas with its index, saved twice", """\
Unnamed: 0,level_0,width,flag
0,0,2.5,True
1,4,3.75,False
2,7,1.5,False
3,9,4.25,True
4,12,2.0,False
""", {
        "Unnamed: 0": [0, 1, 2, 3, 4],
        "level_0": [0, 4, 7, 9, 12],
        "width": [2.5, 3.75, 1.5, 4.25, 2.0],
        "flag": [True, False, False, True, False],
    }),
    Case("pandas with times and gaps", """\
,when,load,state
0,2021-01-05 10:00:00,1.5,on
1,2021-01-05 10:10:00,,on
2,2021-01-05 10:20:00,2.25,off
3,,3.0,on
4,2021-01-05 10:40:00,2.75,off
""", {
        "column_1": [0, 1, 2, 3, 4],
        "when": [datetime(2021, 1, 5, 10), datetime(2021, 1, 5, 10, 10), datetime(2021, 1, 5, 10, 20), None,
                 datetime(2021, 1, 5, 10, 40)],
        "load": [1.5, None, 2.25, 3.0, 2.75],
        "state": ["on", "on", "off", "on", "off"],
    }, notes=["column_1"]),
    Case("R with names of rows", """\
"","mpg","cyl","am"
"Mazda RX4",21,6,TRUE
"Datsun 710",22.8,4,TRUE
"Hornet 4 Drive",21.4,6,FALSE
"Valiant",18.1,6,FALSE
"Duster 360",NA,8,FALSE
""", {
        "column_1": ["Mazda RX4", "Datsun 710", "Hornet 4 Drive", "Valiant", "Duster 360"],
        "mpg": [21, 22.8, 21.4, 18.1, None],
        "cyl": [6, 4, 6, 6, 8],
        "am": [True, True, False, False, False],
    }, notes=["column_1"]),
    Case("R's write.csv2", """\
"";"Ozon";"Wind";"Monat"
"1";41;7,4;"Mai"
"2";36;8;"Mai"
"3";NA;12,6;"Mai"
"4";18;11,5;"Juni"
"5";NA;14,3;"Juni"
""", {
        "column_1": [1, 2, 3, 4, 5],
        "Ozon": [41, 36, None, 18, None],
        "Wind": [7.4, 8, 12.6, 11.5, 14.3],
        "Monat": ["Mai", "Mai", "Mai", "Juni", "Juni"],
    }),
    Case("R's write.table, with one name less than columns", """\
"height" "weight" "sex"
"1" 1.63 58 "f"
"2" 1.81 77 "m"
"3" 1.7 64.5 "f"
"4" 1.92 90 "m"
"5" 1.75 71 "m"
""", {
        "column_1": [1, 2, 3, 4, 5],
        "height": [1.63, 1.81, 1.7, 1.92, 1.75],
        "weight": [58, 77, 64.5, 90, 71],
        "sex": ["f", "m", "f", "m", "m"],
    }, notes=["column_1"], file="people.txt"),
    Case("Excel in German", "Artikel;Menge;Preis;Bestellt\r\nSchraube;1200;0,05 €;03.02.2021\r\n"
         "Mutter;850;0,04 €;14.02.2021\r\nBolzen;75;1,20 €;27.02.2021\r\nDübel;2300;0,02 €;01.03.2021\r\n"
         "Winkel;140;2,75 €;15.03.2021\r\n", {
        "Artikel": ["Schraube", "Mutter", "Bolzen", "Dübel", "Winkel"],
        "Menge": [1200, 850, 75, 2300, 140],
        "Preis": [0.05, 0.04, 1.2, 0.02, 2.75],
        "Bestellt": [datetime(2021, 2, 3), datetime(2021, 2, 14), datetime(2021, 2, 27), datetime(2021, 3, 1),
                     datetime(2021, 3, 15)],
    }),
    Case("Excel in American English", """\
Item,Qty,Price,Ordered\r
Screw,"1,200",$0.05,2/3/2021\r
Nut,850,$0.04,2/14/2021\r
Bolt,75,$1.20,2/27/2021\r
Anchor,"1,002,300",$0.02,3/1/2021\r
Bracket,140,$2.75,3/15/2021\r
""", {
        "Item": ["Screw", "Nut", "Bolt", "Anchor", "Bracket"],
        "Qty": [1200, 850, 75, 1002300, 140],
        "Price": [0.05, 0.04, 1.2, 0.02, 2.75],
        "Ordered": [datetime(2021, 2, 3), datetime(2021, 2, 14), datetime(2021, 2, 27), datetime(2021, 3, 1),
                    datetime(2021, 3, 15)],
    }),
    Case("Excel's cells of text as formulas", """\
code,name,stock
="007",Bond,12
="0042",Adams,7
="0815",Otto,130
="1234",Plain,55
="0001",First,4
""", {
        "code": ["007", "0042", "0815", "1234", "0001"],
        "name": ["Bond", "Adams", "Otto", "Plain", "First"],
        "stock": [12, 7, 130, 55, 4],
    }),
    Case("Excel's cells of text as formulas, quoted", '''\
"code";"stock"
"=""007""";12
"=""0042""";7
"=""0815""";130
"=""1234""";55
"=""0001""";4
''', {
        "code": ["007", "0042", "0815", "1234", "0001"],
        "stock": [12, 7, 130, 55, 4],
    }),
    Case("MySQL, tabs and \\N", """\
id\tname\theight\tseen
1\tRoe\t1.75\t2019-03-01 08:30:00
2\tDoe\t\\N\t2019-03-02 09:15:30
3\tPoe\t1.5\t\\N
4\tFoe\t1.625\t2019-03-04 23:59:59
5\tMoe\t\\N\t2019-03-05 00:00:00
""", {
        "id": [1, 2, 3, 4, 5],
        "name": ["Roe", "Doe", "Poe", "Foe", "Moe"],
        "height": [1.75, None, 1.5, 1.625, None],
        "seen": [datetime(2019, 3, 1, 8, 30), datetime(2019, 3, 2, 9, 15, 30), None,
                 datetime(2019, 3, 4, 23, 59, 59), datetime(2019, 3, 5)],
    }),
    Case("MySQL's zero dates", """\
"id","born","score"
"1","1980-02-14","4.5"
"2","0000-00-00","3.25"
"3","1975-11-30","5.0"
"4","1990-07-01",NULL
"5","1968-12-24","2.75"
"6","1983-05-05","4.0"
"7","1991-09-19","3.5"
"8","1979-03-08","1.5"
"9","1988-10-27","2.25"
"10","1995-06-13","4.75"
"11","1972-01-31","3.75"
""", {
        "id": list(range(1, 12)),
        "born": [datetime(1980, 2, 14), None, datetime(1975, 11, 30), datetime(1990, 7, 1), datetime(1968, 12, 24),
                 datetime(1983, 5, 5), datetime(1991, 9, 19), datetime(1979, 3, 8), datetime(1988, 10, 27),
                 datetime(1995, 6, 13), datetime(1972, 1, 31)],
        "score": [4.5, 3.25, 5.0, None, 2.75, 4.0, 3.5, 1.5, 2.25, 4.75, 3.75],
    }),
    Case("SAP, a list saved without conversion", """\
Tabelle:        MARD
Angezeigte Felder:   4 von   4

-----------------------------------------
|Material|Werk|LOrt|     Labst|   Abgang|
-----------------------------------------
|A-100   |1000|LG1 |  1.500,00|   120,5-|
|A-200   |1000|LG2 |    12,50 |     0,0 |
|B-100   |2000|LG1 |   800,00 |    75,25|
|B-200   |2000|LG2 | 12.000,75|   310,0-|
|C-100   |3000|LG1 |     0,25 |     4,5 |
-----------------------------------------
""", {
        "Material": ["A-100", "A-200", "B-100", "B-200", "C-100"],
        "Werk": [1000, 1000, 2000, 2000, 3000],
        "LOrt": ["LG1", "LG2", "LG1", "LG2", "LG1"],
        "Labst": [1500.0, 12.5, 800.0, 12000.75, 0.25],
        "Abgang": [-120.5, 0.0, 75.25, -310.0, 4.5],
    }, file="mard.txt"),
    Case("SAP, a table with signs behind and a total", """\
Konto;Bezeichnung;Betrag HW;Belegdatum
400000;Material;12.345,60;31.01.2021
410000;Fremdleistung;980,00-;15.02.2021
420000;Löhne;7.410,25;28.02.2021
430000;Erlöse;55.000,00-;31.03.2021
440000;Zinsen;12,75-;30.04.2021
Summe;;36.236,90-;
""", {
        "Konto": [400000, 410000, 420000, 430000, 440000],
        "Bezeichnung": ["Material", "Fremdleistung", "Löhne", "Erlöse", "Zinsen"],
        "Betrag HW": [12345.6, -980.0, 7410.25, -55000.0, -12.75],
        "Belegdatum": [datetime(2021, 1, 31), datetime(2021, 2, 15), datetime(2021, 2, 28), datetime(2021, 3, 31),
                       datetime(2021, 4, 30)],
    }, notes=["total|sum"]),
    Case("psql", """\
 id | name  | load
----+-------+-------
  1 | north |  1.25
  2 | south |  0.50
  3 | east  |
  4 | west  |  3.75
  5 | hill  | 12.00
(5 rows)

""", {
        "id": [1, 2, 3, 4, 5],
        "name": ["north", "south", "east", "west", "hill"],
        "load": [1.25, 0.5, None, 3.75, 12.0],
    }, notes=["5 rows|line 8"], file="query.txt"),
    Case("SQL Server", """\
id,name,load
--,----,----
1,north,1.25
2,south,NULL
3,east,0.75
4,west,3.75
5,hill,12.00

(5 rows affected)
""", {
        "id": [1, 2, 3, 4, 5],
        "name": ["north", "south", "east", "west", "hill"],
        "load": [1.25, None, 0.75, 3.75, 12.0],
    }, notes=["5 rows affected|line 9"]),
    Case("a table of a readme", """\
| model | size | error |
|-------|-----:|------:|
| small |   10 |  0.52 |
| mid   |  100 |  0.31 |
| large | 1000 |  0.18 |
| huge  | 9000 |  0.17 |
""", {
        "model": ["small", "mid", "large", "huge"],
        "size": [10, 100, 1000, 9000],
        "error": [0.52, 0.31, 0.18, 0.17],
    }, file="table.md.txt"),
    Case("SAS with dots for gaps", """\
subject,visit,dose,response
A01,1,.5,12.5
A01,2,1.,.
A02,1,.25,9.75
A02,2,.,10.0
A03,1,.5,11.25
""", {
        "subject": ["A01", "A01", "A02", "A02", "A03"],
        "visit": [1, 2, 1, 2, 1],
        "dose": [0.5, 1.0, 0.25, None, 0.5],
        "response": [12.5, None, 9.75, 10.0, 11.25],
    }),
    Case("a survey with questions under the names", """\
respondent,q1,q2
Identifier,How old are you?,How often do you ride a bus?
R_1a,34,2
R_2b,51,0
R_3c,27,7
R_4d,45,3
R_5e,62,1
R_6f,38,5
R_7g,29,4
R_8h,55,2
R_9i,41,6
R_10,33,0
R_11,48,1
""", {
        "respondent": ["R_1a", "R_2b", "R_3c", "R_4d", "R_5e", "R_6f", "R_7g", "R_8h", "R_9i", "R_10", "R_11"],
        "q1": [34, 51, 27, 45, 62, 38, 29, 55, 41, 33, 48],
        "q2": [2, 0, 7, 3, 1, 5, 4, 2, 6, 0, 1],
    }, notes=["line 2"]),
]  # fmt: skip
