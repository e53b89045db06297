"""Numbers with something around them: units, currencies, percent, magnitudes, marks of footnotes."""

from corpus.case import Case


def column(name: str, cells: str, values: list, *, notes=(), separator: str = ",", title: str | None = None) -> Case:
    """Return a case with one column in question; the cells stand between bars."""
    parts = cells.split("|")
    quoted = [f'"{cell}"' if separator in cell else cell for cell in parts]
    letters = [f"w{chr(97 + place)}" for place in range(len(parts))]
    rows = (f"{letter}{separator}{cell}\n" for letter, cell in zip(letters, quoted, strict=True))
    text = f"item{separator}amount\n" + "".join(rows)
    return Case(title or name, text, {"item": letters, "amount": values}, notes=notes)


EURO, POUND, YEN, RUPEE, WON = "€", "£", "¥", "₹", "₩"

CASES = [
    column("kilograms", "12 kg|80.5 kg|7 kg|64 kg|3.25 kg|101 kg", [12, 80.5, 7, 64, 3.25, 101], notes=["kg"]),
    column("kilograms without spaces", "12kg|80.5kg|7kg|64kg|3.25kg|101kg", [12, 80.5, 7, 64, 3.25, 101]),
    column("kilograms and decimal commas", "12,5 kg|80 kg|7,25 kg|64,0 kg|3,5 kg", [12.5, 80, 7.25, 64, 3.5],
           separator=";"),
    column("litres", "1.5 L|0.75 L|2 L|1 L|0.5 L", [1.5, 0.75, 2, 1, 0.5]),
    column("gigabytes", "64 GB|128 GB|256 GB|32 GB|512 GB", [64, 128, 256, 32, 512]),
    column("gigabytes without spaces", "8GB|16GB|4GB|32GB|6GB|12GB", [8, 16, 4, 32, 6, 12]),
    column("power", "74 bhp|103.52 bhp|78 bhp|126.2 bhp|88.7 bhp", [74, 103.52, 78, 126.2, 88.7]),
    column("mileage", "23.4 kmpl|21.14 kmpl|17.7 kmpl|23.0 kmpl|16.1 kmpl", [23.4, 21.14, 17.7, 23, 16.1]),
    column("kilometres", "12,500 km|8,250 km|1,104,300 km|990 km|64,000 km", [12500, 8250, 1104300, 990, 64000]),
    column("square metres", "61,5 m²|142 m²|88,0 m²|28,5 m²|74 m²", [61.5, 142, 88, 28.5, 74], separator=";"),
    column("square feet", "1,250 sqft|980 sqft|2,310.5 sqft|1,490 sqft|610 sqft", [1250, 980, 2310.5, 1490, 610]),
    column("degrees", "21.5 °C|-3.25 °C|0.0 °C|18.75 °C|30 °C", [21.5, -3.25, 0, 18.75, 30]),
    column("speed", "120 km/h|95.5 km/h|80 km/h|130 km/h|50 km/h", [120, 95.5, 80, 130, 50]),
    column("consumption", "5,6 l/100km|7,1 l/100km|4,9 l/100km|6,25 l/100km|8,0 l/100km", [5.6, 7.1, 4.9, 6.25, 8],
           separator=";"),
    column("terms of loans", "36 months|60 months|36 months|48 months|60 months|24 months", [36, 60, 36, 48, 60, 24]),
    column("one and many", "1 year|5 years|3 years|10 years|1 year|2 years", [1, 5, 3, 10, 1, 2]),
    column("small units", "0.5 µg/m³|12.25 µg/m³|7 µg/m³|3.75 µg/m³|20 µg/m³", [0.5, 12.25, 7, 3.75, 20]),
    column("units and gaps", "12 kg|N/A|7 kg||3.25 kg|101 kg", [12, None, 7, None, 3.25, 101]),
    column("percent", "12.3%|4.75%|100%|0.5%|33.0%|-2.25%", [12.3, 4.75, 100, 0.5, 33, -2.25], notes=["%"]),
    column("percent after a space", "12.3 %|4.75 %|100 %|0.5 %|33.0 %|-2.25 %", [12.3, 4.75, 100, 0.5, 33, -2.25]),
    column("percent and decimal commas", "12,3 %|4,75 %|100 %|0,5 %|33,0 %", [12.3, 4.75, 100, 0.5, 33],
           separator=";"),
    column("dollars", "$5.25|$12|$3.50|$120.75|$0.99", [5.25, 12, 3.5, 120.75, 0.99], notes=[r"\$"]),
    column("dollars and groups", "$1,200|$987.65|$12,345,678|$3,050.10|$640", [1200, 987.65, 12345678, 3050.1, 640]),
    column("dollars a week", "$1,200 pw|$950 pw|$2,150.50 pw|$780 pw|$1,010 pw", [1200, 950, 2150.5, 780, 1010]),
    column("dollars a night", "$120/night|$85.50/night|$240/night|$99/night|$64/night", [120, 85.5, 240, 99, 64]),
    column("negative dollars", "-$5.25|$12.00|-$3.50|$120.75|-$0.99", [-5.25, 12, -3.5, 120.75, -0.99]),
    column("dollars in brackets", "($5.25)|$12.00|($1,003.50)|$120.75|($0.99)", [-5.25, 12, -1003.5, 120.75, -0.99]),
    column("dollars with a space", "$ 5.25|$ 12.00|$ 3.50|$ 1,120.75|$ 0.99", [5.25, 12, 3.5, 1120.75, 0.99]),
    column("USD in front", "USD 5|USD 12.50|USD 123600|USD 980|USD 40.25", [5, 12.5, 123600, 980, 40.25]),
    column("EUR behind", "5 EUR|12,50 EUR|123.600,00 EUR|980 EUR|40,25 EUR", [5, 12.5, 123600, 980, 40.25],
           separator=";"),
    column("euros behind", f"123.600,00 {EURO}|98.250,50 {EURO}|1.045.000,00 {EURO}|310,00 {EURO}|87,40 {EURO}",
           [123600, 98250.5, 1045000, 310, 87.4], separator=";"),
    column("euros in front", f"{EURO}12.50|{EURO}9.99|{EURO}1,050.00|{EURO}0.75|{EURO}88",
           [12.5, 9.99, 1050, 0.75, 88]),
    column("pounds", f"{POUND}12.50|{POUND}9.99|{POUND}1,050.00|{POUND}0.75|{POUND}88", [12.5, 9.99, 1050, 0.75, 88]),
    column("yen", f"{YEN}1980|{YEN}350|{YEN}12500|{YEN}80|{YEN}24900", [1980, 350, 12500, 80, 24900]),
    column("won", f"{WON}19800|{WON}3500|{WON}125000|{WON}800|{WON}24900", [19800, 3500, 125000, 800, 24900]),
    column("rupees and lakh", f"{RUPEE}4,25,000|{RUPEE}7,10,000|{RUPEE}12,50,500|{RUPEE}95,000|{RUPEE}64,999",
           [425000, 710000, 1250500, 95000, 64999]),
    column("Australian dollars", "A$5.25|A$12|A$3.50|A$120.75|A$0.99", [5.25, 12, 3.5, 120.75, 0.99]),
    column("US dollars", "US$5.25|US$12|US$3.50|US$120.75|US$0.99", [5.25, 12, 3.5, 120.75, 0.99]),
    column("reais", "R$ 1.234,56|R$ 80,00|R$ 12.999,90|R$ 7,25|R$ 310,00", [1234.56, 80, 12999.9, 7.25, 310],
           separator=";"),
    column("francs", "CHF 1'200.50|CHF 80.00|CHF 12'999.90|CHF 7.25|CHF 310.00", [1200.5, 80, 12999.9, 7.25, 310]),
    column("kronor", "1 200,50 kr|80,00 kr|12 999,90 kr|7,25 kr|310,00 kr", [1200.5, 80, 12999.9, 7.25, 310],
           separator=";"),
    column("zlotys", "1 200,50 zł|80,00 zł|12 999,90 zł|7,25 zł|310,00 zł", [1200.5, 80, 12999.9, 7.25, 310],
           separator=";"),
    column("thousands by k", "1.5k|12k|0.75k|3.25k|123.6k", [1500, 12000, 750, 3250, 123600], notes=["k"]),
    column("plain, K and M", "980|1.2K|3.4M|12.5K|640|2.1M", [980, 1200, 3.4e6, 12500, 640, 2.1e6]),
    column("millions of dollars", "$1.2M|$56.7M|$0.95M|$12M|$3.25M", [1.2e6, 56.7e6, 0.95e6, 12e6, 3.25e6]),
    column("wages and values of players", f"{EURO}565K|{EURO}110.5M|{EURO}0|{EURO}2.3M|{EURO}90K|{EURO}1.05M",
           [565e3, 110.5e6, 0, 2.3e6, 90e3, 1.05e6]),
    column("billions", "2.3 Bn|0.75 Bn|12 Bn|1.1 Bn|4.05 Bn", [2.3e9, 0.75e9, 12e9, 1.1e9, 4.05e9]),
    column("millions in words", "1.2 million|3.5 million|0.8 million|12 million|7.25 million",
           [1.2e6, 3.5e6, 0.8e6, 12e6, 7.25e6]),
    column("millions and billions in words", "$1.2 million|$3.5 billion|$800 million|$12 million|$2.75 billion",
           [1.2e6, 3.5e9, 8e8, 12e6, 2.75e9]),
    column("lakh and crore", "3 lakh|2 crore|4.5 lakh|1.25 crore|12 lakh|80 lakh",
           [3e5, 2e7, 4.5e5, 1.25e7, 1.2e6, 8e6]),
    column("millions in German", "1,2 Mio. €|3,5 Mio. €|0,8 Mio. €|12 Mio. €|7,25 Mio. €",
           [1.2e6, 3.5e6, 0.8e6, 12e6, 7.25e6], separator=";"),
    column("installs with a plus", '10,000+|500,000+|5,000,000+|100+|1,000,000,000+', [1e4, 5e5, 5e6, 100, 1e9]),
    column("stars of footnotes", "12.3*|9.75|11.0*|10.5|8.25**|14.0|9.5", [12.3, 9.75, 11, 10.5, 8.25, 14, 9.5],
           notes=[r"\*|footnote|mark"]),
    column("flags behind numbers, as Eurostat writes them", "127 b|130|128 p|131 e|125|:|129 b|133",
           [127, 130, 128, 131, 125, None, 129, 133]),
    column("flags behind marks of gaps", "12.7 b|13.0|: c|13.1|12.5 e|: u|12.9|13.3",
           [12.7, 13.0, None, 13.1, 12.5, None, 12.9, 13.3]),
    column("numbers of footnotes in brackets", "1,234[2]|980|12,345,678[1]|3,050[3]|640.5|7,100[12]",
           [1234, 980, 12345678, 3050, 640.5, 7100]),
    column("daggers", "4,500†|3,200|12,000.5‡|980|5,100†", [4500, 3200, 12000.5, 980, 5100]),
    column("raised numbers of footnotes", "12.3¹|9.75|11.0²|10.5|8.25¹|14.0", [12.3, 9.75, 11, 10.5, 8.25, 14]),
    column("below what can be measured", "<0.1|0.25|0.7|<0.1|1.35|0.4|2.2", [0.1, 0.25, 0.7, 0.1, 1.35, 0.4, 2.2],
           notes=["<"]),
    column("above what can be measured", "1203.5|>2419.6|980.4|12.1|>2419.6|57.3|461.1",
           [1203.5, 2419.6, 980.4, 12.1, 2419.6, 57.3, 461.1], notes=[">"]),
    column("below, with a space and commas", "< 0,1|0,25|0,7|< 0,1|1,35|0,4|2,2",
           [0.1, 0.25, 0.7, 0.1, 1.35, 0.4, 2.2], separator=";", notes=["<"]),
    column("mixed units stay text", "12 kg|80 lb|7 kg|64 lb|3.5 kg|101 lb", ["12 kg", "80 lb", "7 kg", "64 lb",
           "3.5 kg", "101 lb"], notes=["amount", "kg"]),
    column("mixed currencies stay text", f"$12|{EURO}80|$7|{EURO}64|{POUND}3.5|$101", ["$12", "€80", "$7", "€64",
           "£3.5", "$101"], notes=["amount"]),
    column("one other unit in many is an odd cell", "12 kg|80 kg|7 kg|64 kg|141 lb|3.5 kg|101 kg|5 kg|9 kg|11 kg|20 kg",
           [12, 80, 7, 64, None, 3.5, 101, 5, 9, 11, 20], notes=["141 lb|line 6"]),
    Case("units in every column", """\
Name,Mileage,Engine,Power,Price
Wagon R,26.6 km/kg,998 CC,58.16 bhp,1.75 Lakh
Creta,19.67 kmpl,1582 CC,126.2 bhp,12.5 Lakh
Jazz,18.2 kmpl,1199 CC,88.7 bhp,4.5 Lakh
Ertiga,20.77 kmpl,1248 CC,88.76 bhp,6 Lakh
A4,15.2 kmpl,1968 CC,140.8 bhp,17.74 Lakh
Eon,21.1 kmpl,814 CC,55.2 bhp,2.35 Lakh
Micra,23.08 kmpl,1461 CC,63.1 bhp,3.5 Lakh
Innova,11.36 kmpl,2755 CC,171.5 bhp,17.5 Lakh
Vento,20.54 kmpl,1598 CC,103.6 bhp,5.2 Lakh
Indica,22.3 kmpl,1248 CC,74 bhp,1.95 Lakh
City,16.8 kmpl,1497 CC,,8.7 Lakh
""", {
        "Name": ["Wagon R", "Creta", "Jazz", "Ertiga", "A4", "Eon", "Micra", "Innova", "Vento", "Indica", "City"],
        "Mileage": [None, 19.67, 18.2, 20.77, 15.2, 21.1, 23.08, 11.36, 20.54, 22.3, 16.8],
        "Engine": [998, 1582, 1199, 1248, 1968, 814, 1461, 2755, 1598, 1248, 1497],
        "Power": [58.16, 126.2, 88.7, 88.76, 140.8, 55.2, 63.1, 171.5, 103.6, 74, None],
        "Price": [175e3, 1250e3, 450e3, 600e3, 1774e3, 235e3, 350e3, 1750e3, 520e3, 195e3, 870e3],
    }, notes=["km/kg|line 2"]),
    Case("sizes of apps", """\
App,Size,Rating
Paint,19M,4.1
Notes,8.7M,3.9
Maps,201k,4.7
Chess,25M,4.5
Radio,2.8M,4.3
Taxi,Varies with device,4.4
Chat,5.6M,3.8
News,33M,4.0
Mail,79k,4.2
Camera,14M,4.6
Clock,3.1M,4.1
""", {
        "App": ["Paint", "Notes", "Maps", "Chess", "Radio", "Taxi", "Chat", "News", "Mail", "Camera", "Clock"],
        "Size": [19e6, 8.7e6, 201e3, 25e6, 2.8e6, None, 5.6e6, 33e6, 79e3, 14e6, 3.1e6],
        "Rating": [4.1, 3.9, 4.7, 4.5, 4.3, 4.4, 3.8, 4.0, 4.2, 4.6, 4.1],
    }, notes=["Varies with device|line 7"]),
]  # fmt: skip
