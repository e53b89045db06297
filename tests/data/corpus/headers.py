"""Names of columns: missing, numbers, twice, nowhere."""

from datetime import datetime

from corpus.case import Case

LETTERS = ["a", "b", "c", "d", "e", "f"]

CASES = [
    Case("no names, numbers", "5.1,3.5,1.4\n4.9,3.0,1.4\n4.7,3.2,1.3\n4.6,3.1,1.5\n5.0,3.6,1.4\n5.4,3.9,1.7\n", {
        "column_1": [5.1, 4.9, 4.7, 4.6, 5.0, 5.4],
        "column_2": [3.5, 3.0, 3.2, 3.1, 3.6, 3.9],
        "column_3": [1.4, 1.4, 1.3, 1.5, 1.4, 1.7],
    }, notes=["column_1|names|header"]),
    Case("no names, numbers and text", """\
5.1,3.5,setosa
4.9,3.0,setosa
6.4,3.2,versicolor
6.9,3.1,versicolor
6.3,3.3,virginica
5.8,2.7,virginica
""", {
        "column_1": [5.1, 4.9, 6.4, 6.9, 6.3, 5.8],
        "column_2": [3.5, 3.0, 3.2, 3.1, 3.3, 2.7],
        "column_3": ["setosa", "setosa", "versicolor", "versicolor", "virginica", "virginica"],
    }),
    Case("no names, semicolons and dates", """\
2021-01-04;1,5;on
2021-01-05;2,25;off
2021-01-06;0,75;on
2021-01-07;1,0;on
2021-01-08;3,5;off
""", {
        "column_1": [datetime(2021, 1, day) for day in (4, 5, 6, 7, 8)],
        "column_2": [1.5, 2.25, 0.75, 1.0, 3.5],
        "column_3": ["on", "off", "on", "on", "off"],
    }),
    Case("no names, a gap in the first row", """\
12,?,3.5,gas
15,2,4.25,gas
9,1,2.75,diesel
11,3,3.0,gas
14,2,?,diesel
10,4,2.5,gas
""", {
        "column_1": [12, 15, 9, 11, 14, 10],
        "column_2": [None, 2, 1, 3, 2, 4],
        "column_3": [3.5, 4.25, 2.75, 3.0, None, 2.5],
        "column_4": ["gas", "gas", "diesel", "gas", "diesel", "gas"],
    }),
    Case("no names, as said", "red,small\nblue,large\nred,large\ngreen,small\nblue,small\n", {
        "column_1": ["red", "blue", "red", "green", "blue"],
        "column_2": ["small", "large", "large", "small", "small"],
    }, {"header": "none"}),
    Case("names in a line that was named", "made by,hand\nplease,read\nletter,size\na,1.5\nb,2.25\nc,4.0\nd,0.5\n", {
        "letter": ["a", "b", "c", "d"],
        "size": [1.5, 2.25, 4.0, 0.5],
    }, {"header": 3}),
    Case("names in the first line, as said, though they are numbers", "1,2\n3.5,4\n5.25,6\n7.0,9\n2.5,1\n", {
        "1": [3.5, 5.25, 7.0, 2.5],
        "2": [4, 6, 9, 1],
    }, {"header": 1}),
    Case("years as names", """\
country,2018,2019,2020
Austria,1.5,1.75,-6.5
Belgium,1.8,2.25,-5.4
Croatia,2.8,3.5,-8.6
Denmark,2.0,1.5,-2.0
Estonia,3.8,4.0,-0.6
""", {
        "country": ["Austria", "Belgium", "Croatia", "Denmark", "Estonia"],
        "2018": [1.5, 1.8, 2.8, 2.0, 3.8],
        "2019": [1.75, 2.25, 3.5, 1.5, 4.0],
        "2020": [-6.5, -5.4, -8.6, -2.0, -0.6],
    }),
    Case("nothing but years as names", """\
2017,2018,2019,2020
1.5,1.75,1.625,0.5
2.5,2.25,2.75,1.25
0.75,1.0,1.5,0.25
3.5,3.25,3.75,2.5
1.125,1.25,1.5,0.75
""", {
        "2017": [1.5, 2.5, 0.75, 3.5, 1.125],
        "2018": [1.75, 2.25, 1.0, 3.25, 1.25],
        "2019": [1.625, 2.75, 1.5, 3.75, 1.5],
        "2020": [0.5, 1.25, 0.25, 2.5, 0.75],
    }, notes=["number|year|2017"]),
    Case("counted columns as names", """\
0,1,2,3
5.1,3.5,1.4,setosa
4.9,3.0,1.4,setosa
6.4,3.2,4.5,versicolor
6.9,3.1,4.9,versicolor
6.3,3.3,6.0,virginica
""", {
        "0": [5.1, 4.9, 6.4, 6.9, 6.3],
        "1": [3.5, 3.0, 3.2, 3.1, 3.3],
        "2": [1.4, 1.4, 4.5, 4.9, 6.0],
        "3": ["setosa", "setosa", "versicolor", "versicolor", "virginica"],
    }),
    Case("months as names", """\
plant,2021-01,2021-02,2021-03
A,120,118,131
B,98,97,102
C,240,251,260
D,75,70,78
E,180,176,190
""", {
        "plant": ["A", "B", "C", "D", "E"],
        "2021-01": [120, 98, 240, 75, 180],
        "2021-02": [118, 97, 251, 70, 176],
        "2021-03": [131, 102, 260, 78, 190],
    }),
    Case("names that begin with numbers and words", """\
house,1st Flr SF,2nd Flr SF,3Ssn Porch,Paved Drive
a1,1656,0,0,P
a2,896,0,0,Y
a3,1329,701,0,Y
a4,2110,0,140,Y
a5,928,678,0,N
""", {
        "house": ["a1", "a2", "a3", "a4", "a5"],
        "1st Flr SF": [1656, 896, 1329, 2110, 928],
        "2nd Flr SF": [0, 0, 701, 0, 678],
        "3Ssn Porch": [0, 0, 0, 140, 0],
        "Paved Drive": ["P", "Y", "Y", "Y", "N"],
    }),
    Case("names that look like numbers with units", """\
bond,3 months,5 years,30 days
DE,0.25,1.5,0.125
FR,0.5,1.75,0.25
IT,0.75,2.5,0.375
ES,0.625,2.25,0.5
PT,0.875,2.0,0.25
""", {
        "bond": ["DE", "FR", "IT", "ES", "PT"],
        "3 months": [0.25, 0.5, 0.75, 0.625, 0.875],
        "5 years": [1.5, 1.75, 2.5, 2.25, 2.0],
        "30 days": [0.125, 0.25, 0.375, 0.5, 0.25],
    }),
    Case("a name twice", "size,price,size\n1,2.5,3\n2,3.5,1\n3,4.25,2\n4,5.5,4\n5,6.0,7\n6,6.5,9\n", {
        "size": [1, 2, 3, 4, 5, 6],
        "price": [2.5, 3.5, 4.25, 5.5, 6.0, 6.5],
        "size_2": [3, 1, 2, 4, 7, 9],
    }, notes=["size_2"]),
    Case("a name three times", "x,x,x\n1.5,2,a\n2.5,3,b\n3.5,5,c\n4.5,8,d\n5.5,13,e\n6.5,21,f\n", {
        "x": [1.5, 2.5, 3.5, 4.5, 5.5, 6.5],
        "x_2": [2, 3, 5, 8, 13, 21],
        "x_3": LETTERS,
    }, notes=["x_2", "x_3"]),
    Case("a column in the middle without a name", "letter,,size\na,1.5,10\nb,2.5,20\nc,0.5,15\nd,4.0,40\n", {
        "letter": ["a", "b", "c", "d"],
        "column_2": [1.5, 2.5, 0.5, 4.0],
        "size": [10, 20, 15, 40],
    }, notes=["column_2"]),
    Case("two columns without names", ",letter,\n1,a,1.5\n2,b,2.5\n3,c,0.5\n4,d,4.0\n5,e,3.5\n", {
        "column_1": [1, 2, 3, 4, 5],
        "letter": ["a", "b", "c", "d", "e"],
        "column_3": [1.5, 2.5, 0.5, 4.0, 3.5],
    }, notes=["column_1", "column_3"]),
    Case("spaces around names", " letter , size of it ,price \na,1.5,10\nb,2.5,20\nc,0.5,15\nd,4.0,40\n", {
        "letter": ["a", "b", "c", "d"],
        "size of it": [1.5, 2.5, 0.5, 4.0],
        "price": [10, 20, 15, 40],
    }),
    Case("names with separators and units", """\
"name, first","weight (kg)","price [€/m²]","share in %"
Ada,54.5,12.25,10.5
Bob,80,9.5,20.25
Cem,71.25,14.0,5.0
Dee,62,11.75,32.5
Eli,77.5,10.5,31.75
""", {
        "name, first": ["Ada", "Bob", "Cem", "Dee", "Eli"],
        "weight (kg)": [54.5, 80, 71.25, 62, 77.5],
        "price [€/m²]": [12.25, 9.5, 14.0, 11.75, 10.5],
        "share in %": [10.5, 20.25, 5.0, 32.5, 31.75],
    }),
    Case("nothing but text", "name,colour,shape\nash,red,round\nbox,blue,long\nfir,red,long\nelm,green,round\n", {
        "name": ["ash", "box", "fir", "elm"],
        "colour": ["red", "blue", "red", "green"],
        "shape": ["round", "long", "long", "round"],
    }),
]  # fmt: skip
