"""Times of day and durations: seconds."""

from datetime import datetime

from corpus.case import Case

RUNNERS = ["Abel", "Bell", "Cole", "Dean", "Ford", "Gray"]


def column(name: str, cells: str, seconds: list, *, notes=(), header: str = "time") -> Case:
    """Return a case with one column in question; the cells stand between bars."""
    rows = (f"{runner},{cell}\n" for runner, cell in zip(RUNNERS, cells.split("|"), strict=False))
    table = {"who": RUNNERS[: len(seconds)], header: seconds}
    return Case(name, f"who,{header}\n" + "".join(rows), table, notes=notes)


CASES = [
    column("times of day", "19:52:06|00:00:30|07:15:45|23:59:59|12:00:00", [71526, 30, 26145, 86399, 43200],
           notes=["second"]),
    column("durations", "3:05:12|2:58:01|4:10:00|3:45:59|12:01:02|2:31:00",
           [11112, 10681, 15000, 13559, 43262, 9060], notes=["second"], header="finish"),
    column("durations beyond a day", "27:05:12|102:58:01|24:10:00|3:45:59|30:00:00",
           [97512, 370681, 87000, 13559, 108000], header="finish"),
    column("minutes and seconds beside hours", "45:12|58:01|1:10:00|49:59|1:01:02|52:30",
           [2712, 3481, 4200, 2999, 3662, 3150], header="finish"),
    column("laps with thousandths", "1:27.452|1:26.998|1:28.013|1:29.500|1:27.100",
           [87.452, 86.998, 88.013, 89.5, 87.1], header="lap"),
    column("durations with fractions", "00:45:12.5|00:58:01.25|01:10:00.0|00:49:59.75",
           [2712.5, 3481.25, 4200, 2999.75], header="finish"),
    column("minutes above 59", "75:30|62:05|80:00|91:45|68:10", [4530, 3725, 4800, 5505, 4090], header="finish"),
    column("times with AM and PM", "8:30 AM|12:15 PM|5:45 PM|12:05 AM|11:59 PM",
           [30600, 44100, 63900, 300, 86340], header="start"),
    column("days and times, as pandas writes durations", "0 days 00:45:12|1 days 02:00:00|0 days 10:30:30|"
           "2 days 00:00:01", [2712, 93600, 37830, 172801], header="wait"),
    Case("race times with one DNF", """\
place,runner,net
1,Abel,3:05:12
2,Bell,3:07:45
3,Cole,3:10:00
4,Dean,3:11:31
5,Ford,3:15:15
6,Gray,3:19:02
7,Hale,3:21:40
8,Ives,3:30:00
9,Jung,3:42:18
10,Kerr,DNF
11,Lund,4:01:59
""", {
        "place": list(range(1, 12)),
        "runner": ["Abel", "Bell", "Cole", "Dean", "Ford", "Gray", "Hale", "Ives", "Jung", "Kerr", "Lund"],
        "net": [11112, 11265, 11400, 11491, 11715, 11942, 12100, 12600, 13338, None, 14519],
    }, notes=["DNF", "11"]),
    Case("dates and times of day in two columns", """\
date;time;CO
10/03/2004;18.00.00;2,6
10/03/2004;19.00.00;2
11/03/2004;07.00.00;1,2
15/03/2004;08.00.00;3,3
28/03/2004;21.00.00;1,75
""", {
        "date": [datetime(2004, 3, day) for day in (10, 10, 11, 15, 28)],
        "time": [64800, 68400, 25200, 28800, 75600],
        "CO": [2.6, 2, 1.2, 3.3, 1.75],
    }),
]  # fmt: skip
