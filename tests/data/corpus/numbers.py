"""Numbers and the convention for them: decimal marks, groups, signs, exponents."""

from corpus.case import Case

THIN, NO_BREAK, NARROW, MINUS, EN_DASH, APOSTROPHE = "\u2009", "\u00a0", "\u202f", "\u2212", "\u2013", "\u2019"


def spaced(space: str) -> str:
    return """\
ville;habitants;surface
Lille;236 710;34,8
Lyon;522 250;47,87
Metz;120 874;41,94
Paris;2 133 111;105,4
Pau;76 705;31,51
""".replace(" ", space)


FRENCH = {
    "ville": ["Lille", "Lyon", "Metz", "Paris", "Pau"],
    "habitants": [236710, 522250, 120874, 2133111, 76705],
    "surface": [34.8, 47.87, 41.94, 105.4, 31.51],
}


def swiss(mark: str) -> str:
    return f"""\
Kanton,Einwohner,Steuer
Bern,1{mark}043{mark}132,1{mark}941.50
Jura,73{mark}709,2{mark}250.00
Uri,36{mark}819,980.75
Zug,128{mark}794,1{mark}105.25
Genf,506{mark}343,3{mark}010.00
"""


SWISS = {
    "Kanton": ["Bern", "Jura", "Uri", "Zug", "Genf"],
    "Einwohner": [1043132, 73709, 36819, 128794, 506343],
    "Steuer": [1941.5, 2250.0, 980.75, 1105.25, 3010.0],
}


def signed(*cells: str) -> str:
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun")
    return "month,change\n" + "".join(f"{month},{cell}\n" for month, cell in zip(months, cells, strict=True))


CHANGES = {
    "month": ["Jan", "Feb", "Mar", "Apr", "May", "Jun"],
    "change": [5.5, -0.25, -12.5, 3.0, -1.75, 20.5],
}

CASES = [
    Case("three decimals that begin with 0, between semicolons", """\
probe;anteil;ergebnis
p1;0,377;12
p2;0,512;15
p3;0,048;9
p4;0,690;20
p5;0,101;11
""", {
        "probe": ["p1", "p2", "p3", "p4", "p5"],
        "anteil": [0.377, 0.512, 0.048, 0.69, 0.101],
        "ergebnis": [12, 15, 9, 20, 11],
    }),
    Case("three decimals that begin with 0, in quotes", """\
probe,anteil,ergebnis
p1,"0,377",12
p2,"0,512",15
p3,"0,048",9
p4,"0,690",20
p5,"0,101",11
""", {
        "probe": ["p1", "p2", "p3", "p4", "p5"],
        "anteil": [0.377, 0.512, 0.048, 0.69, 0.101],
        "ergebnis": [12, 15, 9, 20, 11],
    }),
    Case("one cell of three decimals settles the others", """\
site,ratio
a,1.250
b,2.375
c,0.875
d,1.125
e,3.500
""", {"site": ["a", "b", "c", "d", "e"], "ratio": [1.25, 2.375, 0.875, 1.125, 3.5]}),
    Case("thousands points, settled by another column", """\
gemeinde;kaufpreis;fläche
Adorf;123.600;88,5
Bedorf;98.250;64,0
Cedorf;245.900;120,75
Dedorf;310.000;141,5
Eedorf;87.400;55,25
""", {
        "gemeinde": ["Adorf", "Bedorf", "Cedorf", "Dedorf", "Eedorf"],
        "kaufpreis": [123600, 98250, 245900, 310000, 87400],
        "fläche": [88.5, 64.0, 120.75, 141.5, 55.25],
    }),
    Case("thousands points beside plain numbers, settled by another column", """\
ort;betten;auslastung
Ahlen;990;71,5
Borken;2.068;64,25
Coburg;12.400;80,0
Demmin;75;55,5
Emden;1.120;68,75
""", {
        "ort": ["Ahlen", "Borken", "Coburg", "Demmin", "Emden"],
        "betten": [990, 2068, 12400, 75, 1120],
        "auslastung": [71.5, 64.25, 80.0, 55.5, 68.75],
    }),
    Case("two groups settle one column", """\
land;einwohner
Malta;514.564
Island;364.134
Serbien;6.908.224
Kuba;11.326.616
Monaco;39.242
""", {
        "land": ["Malta", "Island", "Serbien", "Kuba", "Monaco"],
        "einwohner": [514564, 364134, 6908224, 11326616, 39242],
    }),
    Case("both marks in one cell", """\
Konto;Saldo
1001;1.234,56
1002;250,00
1003;98.765,43
1004;-1.050,10
1005;0,99
""", {"Konto": [1001, 1002, 1003, 1004, 1005], "Saldo": [1234.56, 250.0, 98765.43, -1050.1, 0.99]}),
    Case("both marks in one cell, in quotes", """\
account,balance
1001,"1,234.56"
1002,250.00
1003,"98,765.43"
1004,"-1,050.10"
1005,0.99
""", {"account": [1001, 1002, 1003, 1004, 1005], "balance": [1234.56, 250.0, 98765.43, -1050.1, 0.99]}),
    Case("groups in quotes", """\
town,people,median
Salem,"1,044,530",31.5
Dover,"37,540",29.75
Troy,"8,250",40.25
Rome,"985",35.0
Cairo,"2,145,600",22.5
""", {
        "town": ["Salem", "Dover", "Troy", "Rome", "Cairo"],
        "people": [1044530, 37540, 8250, 985, 2145600],
        "median": [31.5, 29.75, 40.25, 35.0, 22.5],
    }),
    Case("decimal points between semicolons", """\
stop;lat;lon
Dom;50.9413;6.9583
Zoo;50.9622;6.9745
Ring;50.9303;6.9377
Hafen;50.9015;6.9822
Markt;50.9381;6.9603
""", {
        "stop": ["Dom", "Zoo", "Ring", "Hafen", "Markt"],
        "lat": [50.9413, 50.9622, 50.9303, 50.9015, 50.9381],
        "lon": [6.9583, 6.9745, 6.9377, 6.9822, 6.9603],
    }),
    Case("decimal points between semicolons settle a column of three decimals", """\
stop;lat;height
Dom;50.9413;53.125
Zoo;50.9622;48.250
Ring;50.9303;51.875
Hafen;50.9015;44.500
Markt;50.9381;52.375
""", {
        "stop": ["Dom", "Zoo", "Ring", "Hafen", "Markt"],
        "lat": [50.9413, 50.9622, 50.9303, 50.9015, 50.9381],
        "height": [53.125, 48.25, 51.875, 44.5, 52.375],
    }),
    Case("a column's own evidence against the file's", """\
halt;breite;einstiege;preis
Dom;50.9413;12.450;2,90
Zoo;50.9622;8.310;2,10
Ring;50.9303;1.990;1,60
Hafen;50.9015;750;2,10
Markt;50.9381;22.100;2,90
""", {
        "halt": ["Dom", "Zoo", "Ring", "Hafen", "Markt"],
        "breite": [50.9413, 50.9622, 50.9303, 50.9015, 50.9381],
        "einstiege": [12450, 8310, 1990, 750, 22100],
        "preis": [2.9, 2.1, 1.6, 2.1, 2.9],
    }),
    Case("groups that are not three digits are decimals", """\
probe;wert
a;1,5
b;12,25
c;3,1416
d;2,718
e;1,618
""", {"probe": ["a", "b", "c", "d", "e"], "wert": [1.5, 12.25, 3.1416, 2.718, 1.618]}),
    Case("groups of spaces", spaced(" "), FRENCH),
    Case("groups of no-break spaces", spaced(NO_BREAK), FRENCH),
    Case("groups of narrow no-break spaces", spaced(NARROW), FRENCH),
    Case("groups of thin spaces", spaced(THIN), FRENCH),
    Case("groups of no-break spaces, cp1252", spaced(NO_BREAK).encode("cp1252"), FRENCH),
    Case("groups of apostrophes", swiss("'"), SWISS),
    Case("groups of typographic apostrophes", swiss(APOSTROPHE), SWISS),
    Case("groups of lakh", """\
car,price,km
Alto,"4,25,000","85,000"
Dzire,"7,10,000","62,500"
Innova,"12,50,000","1,10,000"
Nano,"95,000","40,000"
Endeavour,"1,05,00,000","9,900"
""", {
        "car": ["Alto", "Dzire", "Innova", "Nano", "Endeavour"],
        "price": [425000, 710000, 1250000, 95000, 10500000],
        "km": [85000, 62500, 110000, 40000, 9900],
    }),
    Case("signs in front", signed("+5.5", "-0.25", "-12.5", "+3.0", "-1.75", "+20.5"), CHANGES),
    Case("the minus of typesetting", signed("5.5", *(f"{MINUS}{cell}" for cell in ("0.25", "12.5")), "3.0",
                                            f"{MINUS}1.75", "20.5"), CHANGES),
    Case("dashes as minus", signed("5.5", f"{EN_DASH}0.25", f"{EN_DASH}12.5", "3.0", f"{EN_DASH}1.75", "20.5"),
         CHANGES),
    Case("brackets as minus", signed("5.5", "(0.25)", "(12.5)", "3.0", "(1.75)", "20.5"), CHANGES),
    Case("minus behind", signed("5.5", "0.25-", "12.5-", "3.0", "1.75-", "20.5"), CHANGES),
    Case("brackets as minus, with groups", """\
line,amount
revenue,"98,500.00"
cost,"(61,250.50)"
wages,"(22,104.25)"
other,"1,010.75"
tax,(500)
""", {
        "line": ["revenue", "cost", "wages", "other", "tax"],
        "amount": [98500.0, -61250.5, -22104.25, 1010.75, -500],
    }),
    Case("exponents", """\
layer,rate,count
a,1.5E-05,1e3
b,2.25e-04,2.5e+3
c,9.0E-06,1E2
d,1.0e-3,5.0E+04
e,3.75E-05,7e1
""", {
        "layer": ["a", "b", "c", "d", "e"],
        "rate": [1.5e-05, 2.25e-04, 9e-06, 1e-3, 3.75e-05],
        "count": [1000, 2500, 100, 50000, 70],
    }),
    Case("exponents and decimal commas", """\
schicht;rate
a;1,5E-05
b;2,25E-04
c;9E-06
d;1,0E-03
e;3,75E-05
""", {"schicht": ["a", "b", "c", "d", "e"], "rate": [1.5e-05, 2.25e-04, 9e-06, 1e-3, 3.75e-05]}),
    Case("nothing before or behind the point", "step,x,y\n1,.5,1.\n2,-.25,2.\n3,.125,4.\n4,.75,3.5\n5,-.5,0.\n", {
        "step": [1, 2, 3, 4, 5],
        "x": [0.5, -0.25, 0.125, 0.75, -0.5],
        "y": [1, 2, 4, 3.5, 0],
    }),
    Case("integers beyond 2^53", """\
id,likes
9007199254740993,12
9007199254740995,7
9223372036854775807,130
9007199254740997,55
1234567890123456789,4
""", {
        "id": [9007199254740993, 9007199254740995, 9223372036854775807, 9007199254740997, 1234567890123456789],
        "likes": [12, 7, 130, 55, 4],
    }),
    Case("sixteen decimals", "x,y\n0.1234567890123456,1e-300\n0.3333333333333333,-1e300\n2.5,5e-324\n-7.1,0\n", {
        "x": [0.1234567890123456, 0.3333333333333333, 2.5, -7.1],
        "y": [1e-300, -1e300, 5e-324, 0],
    }),
    Case("a decimal mark as said", "a;b\n1,250;x\n2,500;y\n4,125;x\n8,375;z\n", {
        "a": [1.25, 2.5, 4.125, 8.375],
        "b": ["x", "y", "x", "z"],
    }, {"decimal": ","}),
    Case("a decimal point as said", "a;b\n1.250;x\n2.500;y\n4.125;x\n8.375;z\n", {
        "a": [1.25, 2.5, 4.125, 8.375],
        "b": ["x", "y", "x", "z"],
    }, {"decimal": "."}),
    Case("a mark of groups as said", "a\tb\n1.250\tx\n2.500\ty\n14.125\tx\n8.375\tz\n", {
        "a": [1250, 2500, 14125, 8375],
        "b": ["x", "y", "x", "z"],
    }, {"thousands": ".", "decimal": ","}),
    Case("no groups, as said", 'a,b\n"1,250",x\n"2,500",y\n"14,125",x\n"8,375",z\n', {
        "a": [1.25, 2.5, 14.125, 8.375],
        "b": ["x", "y", "x", "z"],
    }, {"thousands": "", "decimal": ","}),
    Case("underscores of groups, as said", "a,b\n1_250,x\n2_500,y\n14_125,x\n980,z\n", {
        "a": [1250, 2500, 14125, 980],
        "b": ["x", "y", "x", "z"],
    }, {"thousands": "_"}),
    Case("spaces around numbers", 'a,b,c\n 1 , 2.5,"3 "\n 4 , 5.5," 6"\n10 ,11.0," 12 "\n 7, 8.25,9\n', {
        "a": [1, 4, 10, 7],
        "b": [2.5, 5.5, 11.0, 8.25],
        "c": [3, 6, 12, 9],
    }),
    Case("booleans in three forms", """\
bid,sold,new,paid
1.5,True,true,TRUE
2.25,False,false,FALSE
4.0,True,true,TRUE
3.5,True,false,FALSE
0.75,False,false,TRUE
""", {
        "bid": [1.5, 2.25, 4.0, 3.5, 0.75],
        "sold": [True, False, True, True, False],
        "new": [True, False, True, False, False],
        "paid": [True, False, True, False, True],
    }),
    Case("booleans with gaps", "bid,sold\n1.5,True\n2.25,\n4.0,False\n3.5,True\n0.75,False\n", {
        "bid": [1.5, 2.25, 4.0, 3.5, 0.75],
        "sold": [True, None, False, True, False],
    }),
]  # fmt: skip
