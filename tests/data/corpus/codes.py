"""Text of digits: codes stay text; what looks like numbers and dates and is neither."""

from corpus.case import Case

CASES = [
    Case("postcodes with leading zeros", """\
plz;ort;einwohner
01067;Dresden;12450
04109;Leipzig;9980
10115;Berlin;25310
50667;Köln;18720
80331;München;14105
""", {
        "plz": ["01067", "04109", "10115", "50667", "80331"],
        "ort": ["Dresden", "Leipzig", "Berlin", "Köln", "München"],
        "einwohner": [12450, 9980, 25310, 18720, 14105],
    }),
    Case("one leading zero among many", """\
fips,county,rate
48201,Harris,4.5
06037,Los Angeles,5.25
17031,Cook,4.75
36047,Kings,6.5
12086,Miami-Dade,3.75
53033,King,4.25
48113,Dallas,4.0
39035,Cuyahoga,5.75
42003,Allegheny,4.5
26163,Wayne,7.25
48029,Bexar,4.0
29510,St. Louis,5.5
""", {
        "fips": ["48201", "06037", "17031", "36047", "12086", "53033", "48113", "39035", "42003", "26163", "48029",
                 "29510"],
        "county": ["Harris", "Los Angeles", "Cook", "Kings", "Miami-Dade", "King", "Dallas", "Cuyahoga", "Allegheny",
                   "Wayne", "Bexar", "St. Louis"],
        "rate": [4.5, 5.25, 4.75, 6.5, 3.75, 4.25, 4.0, 5.75, 4.5, 7.25, 4.0, 5.5],
    }),
    Case("zero itself and decimals are numbers", "a,b\n0,0.5\n1,0.25\n0,0\n10,0.75\n0,1.5\n", {
        "a": [0, 1, 0, 10, 0],
        "b": [0.5, 0.25, 0, 0.75, 1.5],
    }),
    Case("codes with letters after leading zeros", "part,stock\n007A,12\n0140,3\n1200,45\n0009B,7\n0455,0\n", {
        "part": ["007A", "0140", "1200", "0009B", "0455"],
        "stock": [12, 3, 45, 7, 0],
    }),
    Case("numbers as text, as said", "zip,price\n94110,12.5\n10001,8.25\n60601,9.75\n73301,4.5\n30301,6.0\n", {
        "zip": ["94110", "10001", "60601", "73301", "30301"],
        "price": [12.5, 8.25, 9.75, 4.5, 6.0],
    }, {"text": ["zip"]}),
    Case("codes as numbers, as said", "week,sold\n01,120\n02,135\n03,98\n04,140\n05,77\n", {
        "week": [1, 2, 3, 4, 5],
        "sold": [120, 135, 98, 140, 77],
    }, {"numeric": ["week"]}),
    Case("versions", "release,bugs\n1.2.3,12\n1.10.0,4\n2.0.1,31\n2.1.0,9\n3.0.0,17\n", {
        "release": ["1.2.3", "1.10.0", "2.0.1", "2.1.0", "3.0.0"],
        "bugs": [12, 4, 31, 9, 17],
    }),
    Case("addresses of the internet", """\
host,hits
192.168.1.1,120
10.0.0.17,45
192.168.100.200,230
172.16.254.3,12
8.8.8.8,64
""", {
        "host": ["192.168.1.1", "10.0.0.17", "192.168.100.200", "172.16.254.3", "8.8.8.8"],
        "hits": [120, 45, 230, 12, 64],
    }),
    Case("telephones", """\
who,phone,calls
Ada,+49 221 123456,4
Bob,0221/987654,2
Cem,(030) 555-0199,7
Dee,+1-202-555-0147,1
Eli,040-5550123,3
""", {
        "who": ["Ada", "Bob", "Cem", "Dee", "Eli"],
        "phone": ["+49 221 123456", "0221/987654", "(030) 555-0199", "+1-202-555-0147", "040-5550123"],
        "calls": [4, 2, 7, 1, 3],
    }),
    Case("numbers of books", """\
isbn,pages
978-3-16-148410-0,320
978-0-14-044913-6,512
978-1-4028-9462-6,210
978-0-306-40615-7,144
978-3-446-24123-1,608
""", {
        "isbn": ["978-3-16-148410-0", "978-0-14-044913-6", "978-1-4028-9462-6", "978-0-306-40615-7",
                 "978-3-446-24123-1"],
        "pages": [320, 512, 210, 144, 608],
    }),
    Case("plates and letters with numbers", """\
plate,cabin,fare
K-AB 123,C85,71.28
B-XY 77,E46,51.86
M-Q 4021,G6,16.7
HH-ZZ 9,C103,26.55
S-LE 560,D56,13.0
""", {
        "plate": ["K-AB 123", "B-XY 77", "M-Q 4021", "HH-ZZ 9", "S-LE 560"],
        "cabin": ["C85", "E46", "G6", "C103", "D56"],
        "fare": [71.28, 51.86, 16.7, 26.55, 13.0],
    }),
    Case("numbers in words", "name,rank,votes\na,first,12\nb,second,9\nc,third,7\nd,fourth,4\ne,fifth,1\n", {
        "name": ["a", "b", "c", "d", "e"],
        "rank": ["first", "second", "third", "fourth", "fifth"],
        "votes": [12, 9, 7, 4, 1],
    }),
    Case("names of genes that look like months", """\
gene,level
MARCH1,2.5
SEPT2,1.25
DEC1,4.0
TP53,3.75
BRCA2,0.5
""", {
        "gene": ["MARCH1", "SEPT2", "DEC1", "TP53", "BRCA2"],
        "level": [2.5, 1.25, 4.0, 3.75, 0.5],
    }),
    Case("hexadecimal colours", "paint,price\n00ff7f,12.5\n123456,8.25\n1e90ff,9.75\nffa500,4.5\n2e8b57,6.0\n", {
        "paint": ["00ff7f", "123456", "1e90ff", "ffa500", "2e8b57"],
        "price": [12.5, 8.25, 9.75, 4.5, 6.0],
    }),
    Case("yes and no", "id,insured,cost\n1,yes,12.5\n2,no,8.25\n3,yes,9.75\n4,yes,4.5\n5,no,6.0\n", {
        "id": [1, 2, 3, 4, 5],
        "insured": ["yes", "no", "yes", "yes", "no"],
        "cost": [12.5, 8.25, 9.75, 4.5, 6.0],
    }),
    Case("years are numbers", "film,year,gross\na,1994,12.5\nb,2003,8.25\nc,2011,9.75\nd,1987,4.5\ne,2019,6.0\n", {
        "film": ["a", "b", "c", "d", "e"],
        "year": [1994, 2003, 2011, 1987, 2019],
        "gross": [12.5, 8.25, 9.75, 4.5, 6.0],
    }),
    Case("seconds since 1970 are numbers", """\
stamp,load
1609459200,1.5
1609462800,2.25
1609466400,0.75
1609470000,3.0
1609473600,1.25
""", {
        "stamp": [1609459200, 1609462800, 1609466400, 1609470000, 1609473600],
        "load": [1.5, 2.25, 0.75, 3.0, 1.25],
    }),
]  # fmt: skip
