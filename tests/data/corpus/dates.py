"""Dates, times of dates and periods, in the forms that people write."""

from datetime import datetime

from corpus.case import Case

SALES = [12.5, 8.25, 9.75, 4.5, 6.0, 11.25]


def column(name: str, cells: str, moments: list, *, notes=(), options=None, header: str = "day") -> Case:
    """Return a case with one column in question; the cells stand between bars."""
    parts = cells.split("|")
    rows = (
        f'"{cell}",{sold}\n' if "," in cell else f"{cell},{sold}\n" for cell, sold in zip(parts, SALES, strict=False)
    )
    table = {header: moments, "sold": SALES[: len(parts)]}
    return Case(name, f"{header},sold\n" + "".join(rows), table, options or {}, notes)


def days(*numbers: str) -> list[datetime]:
    return [datetime.fromisoformat(number) for number in numbers]


JANUARY = days("2021-01-05", "2021-01-18", "2021-02-09", "2021-03-31", "2021-11-12", "2021-12-24")
LATE = days("1998-01-05", "1999-12-31", "2004-02-29", "2010-10-10", "2021-07-01", "2019-05-23")
HOURS = days("2015-05-07T19:52:06", "2015-05-07T20:01:00", "2015-05-08T00:00:30", "2015-05-13T07:15:45",
             "2015-05-31T23:59:59")  # fmt: skip
MINUTES = days("2015-05-31T06:54", "2015-06-01T18:05", "2015-06-14T00:30", "2015-11-30T12:00", "2015-12-02T09:10")

CASES = [
    column("ISO", "2021-01-05|2021-01-18|2021-02-09|2021-03-31|2021-11-12|2021-12-24", JANUARY),
    column("ISO without zeros", "2021-1-5|2021-1-18|2021-2-9|2021-3-31|2021-11-12|2021-12-24", JANUARY),
    column("slashes, year first", "2021/01/05|2021/01/18|2021/02/09|2021/03/31|2021/11/12|2021/12/24", JANUARY),
    column("slashes, year first, without zeros", "2021/1/5|2021/1/18|2021/2/9|2021/3/31|2021/11/12|2021/12/24",
           JANUARY),
    column("points, year first", "2021.01.05|2021.01.18|2021.02.09|2021.03.31|2021.11.12|2021.12.24", JANUARY),
    column("points", "05.01.2021|18.01.2021|09.02.2021|31.03.2021|12.11.2021|24.12.2021", JANUARY),
    column("points without zeros", "5.1.2021|18.1.2021|9.2.2021|31.3.2021|12.11.2021|24.12.2021", JANUARY),
    column("points and years of two digits", "05.01.98|31.12.99|29.02.04|10.10.10|01.07.21|23.05.19", LATE),
    column("slashes, settled as day first by the column",
           "05/01/2021|18/01/2021|09/02/2021|31/03/2021|12/11/2021|24/12/2021", JANUARY, notes=["day"]),
    column("slashes, settled as month first by the column",
           "01/05/2021|01/18/2021|02/09/2021|03/31/2021|11/12/2021|12/24/2021", JANUARY, notes=["month"]),
    column("slashes without zeros", "1/5/2021|1/18/2021|2/9/2021|3/31/2021|11/12/2021|12/24/2021", JANUARY),
    column("slashes and years of two digits", "1/5/98|12/31/99|2/29/04|10/10/10|7/1/21|5/23/19", LATE),
    column("dashes, day first", "05-01-2021|18-01-2021|09-02-2021|31-03-2021|12-11-2021|24-12-2021", JANUARY),
    column("day first, as said", "05/01/2021|08/01/2021|09/02/2021|01/03/2021|12/11/2021|04/12/2021",
           days("2021-01-05", "2021-01-08", "2021-02-09", "2021-03-01", "2021-11-12", "2021-12-04"),
           options={"dayfirst": True}),
    column("month first, as said", "01/05/2021|01/08/2021|02/09/2021|03/01/2021|11/12/2021|12/04/2021",
           days("2021-01-05", "2021-01-08", "2021-02-09", "2021-03-01", "2021-11-12", "2021-12-04"),
           options={"dayfirst": False}),
    column("months in letters", "Jan 05, 2021|Jan 18, 2021|Feb 09, 2021|Mar 31, 2021|Nov 12, 2021|Dec 24, 2021",
           JANUARY),
    column("months in words", "January 5, 2021|January 18, 2021|February 9, 2021|March 31, 2021|November 12, 2021|"
           "December 24, 2021", JANUARY),
    column("day, month in letters, year", "5 Jan 2021|18 Jan 2021|9 Feb 2021|31 Mar 2021|12 Nov 2021|24 Dec 2021",
           JANUARY),
    column("day, month in words, year", "05 January 2021|18 January 2021|09 February 2021|31 March 2021|"
           "12 November 2021|24 December 2021", JANUARY),
    column("Oracle", "05-JAN-21|18-JAN-21|09-FEB-21|31-MAR-21|12-NOV-21|24-DEC-21", JANUARY),
    column("months in letters between dashes",
           "05-Jan-2021|18-Jan-2021|09-Feb-2021|31-Mar-2021|12-Nov-2021|24-Dec-2021", JANUARY),
    column("with days of the week", "Tue 5 Jan 2021|Mon 18 Jan 2021|Tue 9 Feb 2021|Wed 31 Mar 2021|Fri 12 Nov 2021|"
           "Fri 24 Dec 2021", JANUARY),
    column("with days of the week in words", "Tuesday, January 5, 2021|Monday, January 18, 2021|"
           "Tuesday, February 9, 2021|Wednesday, March 31, 2021|Friday, November 12, 2021|Friday, December 24, 2021",
           JANUARY),
    column("with a time", "2015-05-07 19:52:06|2015-05-07 20:01:00|2015-05-08 00:00:30|2015-05-13 07:15:45|"
           "2015-05-31 23:59:59", HOURS),
    column("with a T", "2015-05-07T19:52:06|2015-05-07T20:01:00|2015-05-08T00:00:30|2015-05-13T07:15:45|"
           "2015-05-31T23:59:59", HOURS),
    column("with UTC", "2015-05-07 19:52:06 UTC|2015-05-07 20:01:00 UTC|2015-05-08 00:00:30 UTC|"
           "2015-05-13 07:15:45 UTC|2015-05-31 23:59:59 UTC", HOURS, notes=["UTC|zone"]),
    column("with Z", "2015-05-07T19:52:06Z|2015-05-07T20:01:00Z|2015-05-08T00:00:30Z|2015-05-13T07:15:45Z|"
           "2015-05-31T23:59:59Z", HOURS, notes=["UTC|zone"]),
    column("with milliseconds and Z", "2015-05-07T19:52:06.250Z|2015-05-07T20:01:00.500Z|2015-05-08T00:00:30.000Z",
           days("2015-05-07T19:52:06.250", "2015-05-07T20:01:00.500", "2015-05-08T00:00:30")),
    column("with an offset", "2015-05-07T21:52:06+02:00|2015-05-07T22:01:00+02:00|2015-05-08T02:00:30+02:00|"
           "2015-05-13T09:15:45+02:00|2015-06-01T01:59:59+02:00", HOURS, notes=["UTC|zone"]),
    column("with offsets of summer and winter", "2021-03-27 12:00:00+01:00|2021-03-28 12:00:00+02:00|"
           "2021-10-30 08:30:00+02:00|2021-10-31 08:30:00+01:00",
           days("2021-03-27T11:00", "2021-03-28T10:00", "2021-10-30T06:30", "2021-10-31T07:30"), notes=["UTC|zone"]),
    column("with an offset without a colon", "2015-05-07 14:52:06 -0500|2015-05-07 15:01:00 -0500|"
           "2015-05-07 19:00:30 -0500|2015-05-13 02:15:45 -0500|2015-05-31 18:59:59 -0500", HOURS),
    column("with Postgres's offset", "2015-05-07 19:52:06+00|2015-05-07 20:01:00+00|2015-05-08 00:00:30+00|"
           "2015-05-13 07:15:45+00|2015-05-31 23:59:59+00", HOURS),
    column("with microseconds", "2015-05-07 19:52:06.123456|2015-05-07 20:01:00.000001|2015-05-08 00:00:30.500000",
           days("2015-05-07T19:52:06.123456", "2015-05-07T20:01:00.000001", "2015-05-08T00:00:30.5")),
    column("Excel in America with times", "5/31/2015 6:54|6/1/2015 18:05|6/14/2015 0:30|11/30/2015 12:00|"
           "12/2/2015 9:10", MINUTES),
    column("with AM and PM", "5/31/2015 6:54 AM|6/1/2015 6:05 PM|6/14/2015 12:30 AM|11/30/2015 12:00 PM|"
           "12/2/2015 9:10 AM", MINUTES),
    column("with AM, PM and seconds", "05/31/2015 06:54:00 AM|06/01/2015 06:05:00 PM|06/14/2015 12:30:00 AM|"
           "11/30/2015 12:00:00 PM|12/02/2015 09:10:00 AM", MINUTES),
    column("points with times", "31.05.2015 06:54|01.06.2015 18:05|14.06.2015 00:30|30.11.2015 12:00|"
           "02.12.2015 09:10", MINUTES),
    column("slashes with times, day first", "31/05/2015 06:54|01/06/2015 18:05|14/06/2015 00:30|30/11/2015 12:00|"
           "02/12/2015 09:10", MINUTES),
    column("minutes alone", "2015-05-31T06:54|2015-06-01T18:05|2015-06-14T00:30|2015-11-30T12:00|2015-12-02T09:10",
           MINUTES),
    column("logs of servers", "07/May/2015:19:52:06 +0000|07/May/2015:20:01:00 +0000|08/May/2015:00:00:30 +0000|"
           "13/May/2015:07:15:45 +0000|31/May/2015:23:59:59 +0000", HOURS),
    column("mails", "Thu, 07 May 2015 19:52:06 +0000|Thu, 07 May 2015 20:01:00 +0000|Fri, 08 May 2015 00:00:30 +0000|"
           "Wed, 13 May 2015 07:15:45 +0000|Sun, 31 May 2015 23:59:59 +0000", HOURS),
    column("ctime", "Thu May  7 19:52:06 2015|Thu May  7 20:01:00 2015|Fri May  8 00:00:30 2015|"
           "Wed May 13 07:15:45 2015|Sun May 31 23:59:59 2015", HOURS),
    column("months as periods", "2021-01|2021-02|2021-03|2021-11|2021-12",
           days("2021-01-01", "2021-02-01", "2021-03-01", "2021-11-01", "2021-12-01"), notes=["month|period"]),
    column("months as Eurostat writes them", "2021M01|2021M02|2021M03|2021M11|2021M12",
           days("2021-01-01", "2021-02-01", "2021-03-01", "2021-11-01", "2021-12-01")),
    column("months in letters and years", "Jan 2021|Feb 2021|Mar 2021|Nov 2021|Dec 2021",
           days("2021-01-01", "2021-02-01", "2021-03-01", "2021-11-01", "2021-12-01")),
    column("months in letters, a dash and years", "Jan-2021|Feb-2021|Mar-2021|Nov-2021|Dec-2021",
           days("2021-01-01", "2021-02-01", "2021-03-01", "2021-11-01", "2021-12-01")),
    column("months in words and years", "January 2021|February 2021|March 2021|November 2021|December 2021",
           days("2021-01-01", "2021-02-01", "2021-03-01", "2021-11-01", "2021-12-01")),
    column("months and years between slashes", "01/2021|02/2021|03/2021|11/2021|12/2021",
           days("2021-01-01", "2021-02-01", "2021-03-01", "2021-11-01", "2021-12-01")),
    column("quarters", "2021Q1|2021Q2|2021Q3|2021Q4|2022Q1",
           days("2021-01-01", "2021-04-01", "2021-07-01", "2021-10-01", "2022-01-01"), notes=["quarter|period"]),
    column("quarters with a dash", "2021-Q1|2021-Q2|2021-Q3|2021-Q4|2022-Q1",
           days("2021-01-01", "2021-04-01", "2021-07-01", "2021-10-01", "2022-01-01")),
    column("quarters first", "Q1 2021|Q2 2021|Q3 2021|Q4 2021|Q1 2022",
           days("2021-01-01", "2021-04-01", "2021-07-01", "2021-10-01", "2022-01-01")),
    column("days and times in one column", "2021-01-05|2021-01-18 10:30:00|2021-02-09|2021-03-31 08:15:00|2021-11-12",
           days("2021-01-05", "2021-01-18T10:30", "2021-02-09", "2021-03-31T08:15", "2021-11-12")),
    column("two forms in one column", "2021-01-05|Jan 18, 2021|2021-02-09|2021-03-31|Nov 12, 2021|Dec 24, 2021",
           JANUARY),
    Case("one column settles another", """\
ordered,paid,total
25/01/2021,01/02/2021,12.5
03/02/2021,05/02/2021,8.25
17/02/2021,01/03/2021,9.75
04/03/2021,06/03/2021,4.5
30/03/2021,02/04/2021,6.0
""", {
        "ordered": days("2021-01-25", "2021-02-03", "2021-02-17", "2021-03-04", "2021-03-30"),
        "paid": days("2021-02-01", "2021-02-05", "2021-03-01", "2021-03-06", "2021-04-02"),
        "total": [12.5, 8.25, 9.75, 4.5, 6.0],
    }),
    Case("dates between semicolons, with times and comma numbers", """\
Zeit;Pegel
01.02.2020 00:00;3,25
01.02.2020 00:15;3,5
01.02.2020 00:30;3,75
01.02.2020 00:45;3,5
01.02.2020 01:00;3,25
""", {
        "Zeit": days("2020-02-01T00:00", "2020-02-01T00:15", "2020-02-01T00:30", "2020-02-01T00:45",
                     "2020-02-01T01:00"),
        "Pegel": [3.25, 3.5, 3.75, 3.5, 3.25],
    }),
    Case("dates before 1970 and beyond 2038", """\
event,day
press,1455-02-23
phone,1876-03-10
moon,1969-07-20
web,1991-08-06
eclipse,2081-09-03
""", {
        "event": ["press", "phone", "moon", "web", "eclipse"],
        "day": days("1455-02-23", "1876-03-10", "1969-07-20", "1991-08-06", "2081-09-03"),
    }),
    Case("months alone are text", "month,rain\nJan,52.5\nFeb,41\nMar,48.25\nApr,39\nMay,60.5\n", {
        "month": ["Jan", "Feb", "Mar", "Apr", "May"],
        "rain": [52.5, 41, 48.25, 39, 60.5],
    }),
    Case("dates that stay text, as said", "day,rain\n2021-01-05,52.5\n2021-01-06,41\n2021-01-07,48.25\n", {
        "day": ["2021-01-05", "2021-01-06", "2021-01-07"],
        "rain": [52.5, 41, 48.25],
    }, {"text": ["day"]}),
]  # fmt: skip
