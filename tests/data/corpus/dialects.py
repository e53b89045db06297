"""Separators, quotes and ends of lines."""

from corpus.case import Case

FLATS = {
    "district": ["Mitte", "Wedding", "Pankow", "Köpenick", "Spandau", "Lankwitz"],
    "rooms": [2, 3, 1, 4, 2, 3],
    "rent": [812.5, 945.0, 433.75, 1210.0, 640.4, 799.99],
}
COMMA = """\
district,rooms,rent
Mitte,2,812.5
Wedding,3,945
Pankow,1,433.75
Köpenick,4,1210
Spandau,2,640.4
Lankwitz,3,799.99
"""
GERMAN = COMMA.replace(",", ";").replace(".", ",")

CASES = [
    Case("commas", COMMA, FLATS),
    Case("semicolons and decimal commas", GERMAN, FLATS, notes=[";|semicolon", "decimal"]),
    Case("tabs", COMMA.replace(",", "\t"), FLATS),
    Case("tabs and decimal commas", GERMAN.replace(";", "\t"), FLATS, file="table.txt"),
    Case("bars", COMMA.replace(",", "|"), FLATS),
    Case("bars and decimal commas", GERMAN.replace(";", "|"), FLATS),
    Case("sep=; in the first line", "sep=;\n" + GERMAN, FLATS, notes=["sep="]),
    Case("sep=, in the first line, in capitals and quotes", '"SEP=,"\r\n' + COMMA.replace("\n", "\r\n"), FLATS),
    Case("sep=| in the first line", "sep=|\n" + COMMA.replace(",", "|"), FLATS),
    Case("lines that end with CR LF", COMMA.replace("\n", "\r\n"), FLATS),
    Case("lines that end with CR alone", COMMA.replace("\n", "\r"), FLATS),
    Case("lines that end with CR alone, semicolons", GERMAN.replace("\n", "\r"), FLATS),
    Case("both ends of lines, none at the end", COMMA.replace("\n", "\r\n", 3).rstrip("\n"), FLATS),
    Case("the end of a DOS file", COMMA.replace("\n", "\r\n") + "\x1a", FLATS),
    Case("spaces after commas", COMMA.replace(",", ", "), FLATS),
    Case("spaces around semicolons", GERMAN.replace(";", " ; "), FLATS),
    Case("another separator, asked for", COMMA.replace(",", "^"), FLATS, {"separator": "^"}),
    Case("a separator asked for where text has more commas", """\
street;note;size
Main;old, dark, damp, cheap;44
Oak;new, bright;61
Elm;quiet, small, warm, near the park, first floor;38
Ash;none, really;52
Fir;sold, then let;47
""", {
        "street": ["Main", "Oak", "Elm", "Ash", "Fir"],
        "note": ["old, dark, damp, cheap", "new, bright", "quiet, small, warm, near the park, first floor",
                 "none, really", "sold, then let"],
        "size": [44, 61, 38, 52, 47],
    }, {"separator": ";"}),
    Case("semicolons where text has more commas", """\
id_of_ad;title;size;price
a17;Bright flat, two rooms, balcony;61,5;310000
a18;House, garden, garage, cellar;142,0;645000
b02;Loft, near station;88,5;402000
b11;Studio, furnished, lift, quiet;28,0;179000
c05;Flat, first floor, old building;74,5;355000
""", {
        "id_of_ad": ["a17", "a18", "b02", "b11", "c05"],
        "title": ["Bright flat, two rooms, balcony", "House, garden, garage, cellar", "Loft, near station",
                  "Studio, furnished, lift, quiet", "Flat, first floor, old building"],
        "size": [61.5, 142.0, 88.5, 28.0, 74.5],
        "price": [310000, 645000, 402000, 179000, 355000],
    }),
    Case("separators and lines inside quotes", """\
name,remark,stars
"Becker, Ute","came late,
left early",4
"Osei, Kofi","all good",5
"Lund, Eva","two words:
yes, no",3
"Roy, Ana",fine,4
"Kim, Jun","",2
""", {
        "name": ["Becker, Ute", "Osei, Kofi", "Lund, Eva", "Roy, Ana", "Kim, Jun"],
        "remark": ["came late,\nleft early", "all good", "two words:\nyes, no", "fine", None],
        "stars": [4, 5, 3, 4, 2],
    }),
    Case("doubled quotes", '''\
screen,size,price
"27"" flat",27,219.00
"32"" curved",32,349.50
"24"" flat",24,129.90
"The ""big"" one",49,899.00
plain,22,99.90
''', {
        "screen": ['27" flat', '32" curved', '24" flat', 'The "big" one', "plain"],
        "size": [27, 32, 24, 49, 22],
        "price": [219.0, 349.5, 129.9, 899.0, 99.9],
    }),
    Case("quotes escaped by a backslash", r'''id,title,votes
"1","The \"Best\" Film",120
"2","Plain",87
"3","A, B and \"C\"",45
"4","\"Quoted\"",230
"5","Two \"words\", \"here\"",64
"6","Last",12
''', {
        "id": [1, 2, 3, 4, 5, 6],
        "title": ['The "Best" Film', "Plain", 'A, B and "C"', '"Quoted"', 'Two "words", "here"', "Last"],
        "votes": [120, 87, 45, 230, 64, 12],
    }, notes=["backslash|escape"]),
    Case("escaped quotes between semicolons", r'''"name";"quote";"score"
"Ada";"she said \"go; now\"";"7,5"
"Bob";"nothing";"6,0"
"Cem";"\"ok\"";"8,5"
"Dee";"a \"b\" c";"5,5"
"Eli";"end";"9,0"
''', {
        "name": ["Ada", "Bob", "Cem", "Dee", "Eli"],
        "quote": ['she said "go; now"', "nothing", '"ok"', 'a "b" c', "end"],
        "score": [7.5, 6.0, 8.5, 5.5, 9.0],
    }),
    Case("backslashes that escape nothing", '''\
path,bytes
"C:\\temp\\a.txt",120
"C:\\temp\\b.txt",450
"D:\\x",77
"D:\\y\\z",905
"E:\\",31
''', {
        "path": ["C:\\temp\\a.txt", "C:\\temp\\b.txt", "D:\\x", "D:\\y\\z", "E:\\"],
        "bytes": [120, 450, 77, 905, 31],
    }),
    Case("stray quotes in sizes of pipes", '''\
item,size,price
bend,5" pipe,3.20
tee,4" pipe,2.85
cap,5" pipe,0.95
joint,2" pipe,1.40
valve,3" pipe,12.75
''', {
        "item": ["bend", "tee", "cap", "joint", "valve"],
        "size": ['5" pipe', '4" pipe', '5" pipe', '2" pipe', '3" pipe'],
        "price": [3.2, 2.85, 0.95, 1.4, 12.75],
    }),
    Case("stray quotes inside words", '''\
band,song,seconds
The "Kinks,Lola,241
Yes,Round"about,512
"Weird Al" Yankovic,Eat It,200
Can,Vitamin C,214
Neu!,Hero,431
''', {
        "band": ['The "Kinks', "Yes", '"Weird Al" Yankovic', "Can", "Neu!"],
        "song": ["Lola", 'Round"about', "Eat It", "Vitamin C", "Hero"],
        "seconds": [241, 512, 200, 214, 431],
    }),
    Case("a space before a quote", """\
city, people, note
Bonn, 331885, "small, old"
Köln, 1084831, "big, old"
Neuss, 153896, "small, older"
Essen, 582415, "big, coal"
Hagen, 188687, plain
""", {
        "city": ["Bonn", "Köln", "Neuss", "Essen", "Hagen"],
        "people": [331885, 1084831, 153896, 582415, 188687],
        "note": ["small, old", "big, old", "small, older", "big, coal", "plain"],
    }),
    Case("every cell in quotes", """\
"plot","yield","wet"
"north","4.25","TRUE"
"south","3.9","FALSE"
"east","5.125","TRUE"
"west","4.0","FALSE"
"hill","2.75","FALSE"
""", {
        "plot": ["north", "south", "east", "west", "hill"],
        "yield": [4.25, 3.9, 5.125, 4.0, 2.75],
        "wet": [True, False, True, False, False],
    }),
    Case("decimal commas in quotes between commas", """\
wine,alcohol,price
Riesling,"11,5","8,90"
Merlot,"13,5","6,49"
Syrah,"14,0","11,25"
Gamay,"12,5","7,80"
Malbec,"13,0","9,99"
""", {
        "wine": ["Riesling", "Merlot", "Syrah", "Gamay", "Malbec"],
        "alcohol": [11.5, 13.5, 14.0, 12.5, 13.0],
        "price": [8.9, 6.49, 11.25, 7.8, 9.99],
    }, notes=["decimal"]),
    Case("aligned by spaces", """\
 mpg  cylinders   weight  origin
18.0          8     3504  usa
15.0          8     3693  usa
24.5          4     2372  japan
26.0          4     1835  europe
22.0          6     2833  usa
27.5          4     2130  japan
""", {
        "mpg": [18.0, 15.0, 24.5, 26.0, 22.0, 27.5],
        "cylinders": [8, 8, 4, 4, 6, 4],
        "weight": [3504, 3693, 2372, 1835, 2833, 2130],
        "origin": ["usa", "usa", "japan", "europe", "usa", "japan"],
    }, file="auto.dat"),
    Case("one column", "load\n1.25\n0.5\n3.75\n2.5\n1.875\n", {"load": [1.25, 0.5, 3.75, 2.5, 1.875]}),
    Case("one column of decimal commas", "Last\n1,25\n0,5\n3,75\n2,5\n1,8\n",
         {"Last": [1.25, 0.5, 3.75, 2.5, 1.8]}, {"separator": ";"}),
    Case("empty cells at the end of every line", """\
name;width;height;;
lid;12,5;3,5;;
box;40,0;22,5;;
rod;2,5;180,0;;
cap;4,0;4,5;;
tub;35,5;18,0;;
""", {
        "name": ["lid", "box", "rod", "cap", "tub"],
        "width": [12.5, 40.0, 2.5, 4.0, 35.5],
        "height": [3.5, 22.5, 180.0, 4.5, 18.0],
    }, notes=["column_4|empty|without"]),
    Case("one separator at the end of every line", """\
name,width,height,
lid,12.5,3.5,
box,40.0,22.5,
rod,2.5,180.0,
cap,4.0,4.5,
tub,35.5,18.0,
""", {
        "name": ["lid", "box", "rod", "cap", "tub"],
        "width": [12.5, 40.0, 2.5, 4.0, 35.5],
        "height": [3.5, 22.5, 180.0, 4.5, 18.0],
    }),
    Case("one separator at the end of every line but the names", """\
name,width,height
lid,12.5,3.5,
box,40.0,22.5,
rod,2.5,180.0,
cap,4.0,4.5,
tub,35.5,18.0,
""", {
        "name": ["lid", "box", "rod", "cap", "tub"],
        "width": [12.5, 40.0, 2.5, 4.0, 35.5],
        "height": [3.5, 22.5, 180.0, 4.5, 18.0],
    }),
]  # fmt: skip
