"""Kinds of files that people have, each as a small one: the table that a careful person reads, and what is said."""

import json
from datetime import datetime

import pytest

from glassnet.data.read import TableError, read_table


def read(tmp_path, content: str, name: str = "t.csv"):
    path = tmp_path / name
    path.write_bytes(content.encode())
    return read_table(path)


def columns(tmp_path, content: str, name: str = "t.csv"):
    return read(tmp_path, content, name).frame.to_dict(as_series=False)


def test_names_with_digits_are_names(tmp_path):
    """Neither 4s nor 3G are four seconds or three of something, where no cell below has such letters."""
    assert columns(tmp_path, "Runs,4s,6s,SR\n12,1,0,54.5\n37,6,0,55.2\n25,4,1,65.8\n") == {
        "Runs": [12, 37, 25],
        "4s": [1, 6, 4],
        "6s": [0, 0, 1],
        "SR": [54.5, 55.2, 65.8],
    }


def test_a_first_row_with_units_is_no_line_of_names(tmp_path):
    frame = read(tmp_path, "none,5kg,7kg\nb,6kg,8kg\nc,9kg,2kg\nd,1kg,3kg\n").frame
    assert frame.height == 4


def test_a_year_alone_is_a_name(tmp_path):
    read_one = read(tmp_path, "district,2021\nA-1,-14.5\nA-2,-31.25\nB-1,3.5\n")
    assert read_one.frame.to_dict(as_series=False) == {"district": ["A-1", "A-2", "B-1"], "2021": [-14.5, -31.25, 3.5]}
    assert "the names of line 1 are numbers" in str(read_one.report)


def test_years_below_are_no_names(tmp_path):
    assert read(tmp_path, "A-1,2021\nA-2,2019\nB-1,2020\nB-2,2018\n").frame.height == 4


def test_names_in_two_rows_of_a_survey(tmp_path):
    content = (
        "RespondentID,Your age?,Which do you own?,,\n,Response,Car,Bicycle,Boat\n"
        "1,34,Car,,Boat\n2,51,Car,Bicycle,\n3,28,,Bicycle,\n"
    )
    table = read(tmp_path, content)
    assert table.frame.to_dict(as_series=False) == {
        "RespondentID": [1, 2, 3],
        "Your age?": [34, 51, 28],
        "Car": ["Car", "Car", None],
        "Bicycle": [None, "Bicycle", "Bicycle"],
        "Boat": ["Boat", None, None],
    }
    assert "the names stand in two rows, lines 1 and 2" in str(table.report)


def test_rows_without_a_value_at_the_end_are_kept_where_there_are_others(tmp_path):
    rows = [f"Land {row},{row}.5,{row + 1}" for row in range(60)]
    rows[20] = "Land 20,,"
    rows += ["Nowhere,,", "South Land,,"]
    frame = read(tmp_path, "land,a,b\n" + "\n".join(rows) + "\n").frame
    assert frame.height == 62
    assert frame["land"].to_list()[-2:] == ["Nowhere", "South Land"]


def test_numbers_between_blanks_and_a_tab(tmp_path):
    """The columns of numbers are aligned with blanks, and a tab stands before the text."""
    content = (
        '18.0   8   307.0   3504.\t"big green"\n15.0   8   350.0   3693.\t"small red one"\n'
        '16.0   6   304.0   3433.\t"old"\n27.0   4   140.0   2790.\t"new blue"\n'
    )
    table = read(tmp_path, content, "t.data")
    assert table.frame.to_dict(as_series=False) == {
        "column_1": [18.0, 15.0, 16.0, 27.0],
        "column_2": [8, 8, 6, 4],
        "column_3": [307.0, 350.0, 304.0, 140.0],
        "column_4": [3504, 3693, 3433, 2790],
        "column_5": ["big green", "small red one", "old", "new blue"],
    }
    assert "it has no line of names" in str(table.report)


def test_blank_rows_at_the_end_are_said(tmp_path):
    assert "2 blank line(s) were left out" in str(read(tmp_path, "a,b\n1,2\n3,4\n,\n,\n").report)
    assert read(tmp_path, "a,b\n1,2\n3,4\n\n\n").report.notes == ()


def test_a_time_before_the_date(tmp_path):
    assert columns(tmp_path, "seen,n\n11:37:15  3 Sep 2020,1\n9:05 14 Oct 2020,2\n") == {
        "seen": [datetime(2020, 9, 3, 11, 37, 15), datetime(2020, 10, 14, 9, 5)],
        "n": [1, 2],
    }


def test_quarters_with_the_number_first(tmp_path):
    assert columns(tmp_path, "q,n\n3Q2015,1\n4Q2015,2\n1Q2016,3\n") == {
        "q": [datetime(2015, 7, 1), datetime(2015, 10, 1), datetime(2016, 1, 1)],
        "n": [1, 2, 3],
    }


def test_times_with_a_point_beside_times_with_colons(tmp_path):
    cells = [*["23.59"] * 12, "7.05", "23:59", "06:30:00"]
    found = columns(tmp_path, "end,n\n" + "\n".join(f"{cell},{n}" for n, cell in enumerate(cells)) + "\n")
    assert found["end"] == [*[86340.0] * 12, 25500.0, 86340.0, 23400.0]
    alone = columns(tmp_path, "end,n\n7.05,1\n23.59,2\n8.30,3\n")
    assert alone["end"] == [7.05, 23.59, 8.3]


def test_words_beside_a_single_number_are_labels(tmp_path):
    table = read(tmp_path, "holiday,n\n" + "0,1\n" * 40 + "a,2\na,3\n")
    assert set(table.frame["holiday"]) == {"0", "a"}
    assert "column 'holiday' was kept as text: 95% of its cells are numbers, but not 'a'" in str(table.report)


def test_an_estimate_before_its_interval(tmp_path):
    table = read(tmp_path, "rate,n\n0.5 [0.2-1.1],1\n12.0 [9.8-14.3],2\n3.1 [2.0-4.4],3\n")
    assert table.frame["rate"].to_list() == [0.5, 12.0, 3.1]
    assert "3 cells such as '0.5 [0.2-1.1]' were read without their mark" in str(table.report)


def test_grades_are_no_billions(tmp_path):
    cells = ["6", "3L", "3B", "5", "4", "3T", "2", "6"]
    found = columns(tmp_path, "quality,n\n" + "\n".join(f"{cell},{n}" for n, cell in enumerate(cells)) + "\n")
    assert found["quality"] == [6, 3, 3, 5, 4, 3, 2, 6]
    assert columns(tmp_path, "views,n\n1.2K,1\n3B,2\n5M,3\n")["views"] == [1200.0, 3e9, 5e6]


def test_addresses_are_not_said_to_be_numbers(tmp_path):
    rows = ["12 Mill Lane", "7 High Street", "3/4 Bay Road", "85 Turner Court", "1 Hill Way"]
    report = read(tmp_path, "address,n\n" + "\n".join(f"{row},{n}" for n, row in enumerate(rows)) + "\n").report
    assert report.notes == ()


def test_ranges_with_other_answers_stay_text_and_that_is_said(tmp_path):
    rows = ["1 to 50", "51 to 200", "201 to 500", "Unknown", "1 to 50", "Unknown", "51 to 200"]
    report = read(tmp_path, "size,n\n" + "\n".join(f"{row},{n}" for n, row in enumerate(rows)) + "\n").report
    assert "column 'size' was kept as text: 71% of its cells are ranges, but not 'Unknown'" in str(report)


def test_probabilities_of_one_are_no_sentinels(tmp_path):
    rows = [1, 1, 1, 0.1, 0.2, 0.3, 0.25, 0]
    assert read(tmp_path, "p,n\n" + "\n".join(f"{p},{n}" for n, p in enumerate(rows)) + "\n").report.notes == ()


def test_json_rows_that_are_lists(tmp_path):
    named = json.dumps([["a", "b"], [1, 2], [3, 4]])
    assert columns(tmp_path, named, "t.json") == {"a": [1, 3], "b": [2, 4]}
    table = read(tmp_path, json.dumps([[52.5, 4.75], [52.25, 4.5]]), "t.json")
    assert table.frame.to_dict(as_series=False) == {"column_1": [52.5, 52.25], "column_2": [4.75, 4.5]}
    assert "its first row has no names" in str(table.report)


def test_json_objects_by_key(tmp_path):
    rows = {"x1": {"name": "a", "size": 1}, "x2": {"name": "b", "size": 2}, "x3": {"name": "c", "size": 3}}
    table = read(tmp_path, json.dumps(rows), "t.json")
    assert table.frame.to_dict(as_series=False) == {
        "key": ["x1", "x2", "x3"],
        "name": ["a", "b", "c"],
        "size": [1, 2, 3],
    }
    assert "its rows are the objects in it" in str(table.report)


def test_json_with_several_tables_is_refused(tmp_path):
    content = json.dumps({"nodes": [{"a": 1}, {"a": 2}], "links": [{"b": 1}]})
    with pytest.raises(TableError, match="holds several tables \\('nodes', 'links'\\); give a file with one of them"):
        read(tmp_path, content, "t.json")


def test_bytes_of_no_known_encoding_name_one_that_reads_all(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"a,b\n1,\x90\xe9\n2,x\n")
    with pytest.raises(
        TableError, match="give the file's encoding with --encoding, such as latin-1, which has every byte"
    ):
        read_table(tmp_path / "t.csv")


def test_a_few_damaged_names_do_not_refuse_a_file(tmp_path):
    """W\\x81\\xe2adys was Władysław once: cp1252 has no 0x81, UTF-8 no lone 0xe2."""
    path = tmp_path / "t.csv"
    path.write_bytes(b"name,x\n" + b"Roman,1\n" * 60 + b"W\x81\xe2adys,2\n")
    read_one = read_table(path)
    assert read_one.frame["name"][-1] == "W\ufffdâadys"
    assert "lacks 1 of its bytes, the first in line 62" in str(read_one.report)


def test_an_old_file_of_a_macintosh(tmp_path):
    """Lines end in "\\r" alone, and 0x8e, 0x8f are é, è: cp1252 has no 0x8f."""
    path = tmp_path / "t.csv"
    path.write_bytes(b"caf\x8e,x\rth\x8f,1\rlait,2\r")
    read_one = read_table(path)
    assert read_one.frame.to_dict(as_series=False) == {"café": ["thè", "lait"], "x": [1, 2]}
    assert "mac_roman" in str(read_one.report)


def test_lines_that_end_in_a_return_are_counted(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"name,x\ra,1\rb\xe9,2\r")
    with pytest.raises(TableError, match="line 3 has the byte 0xe9"):
        read_table(path, encoding="utf-8")


def test_a_person_called_max_is_no_total(tmp_path):
    content = (
        "account;day;payee;amount\n1;01.12.2024;Shop AG;-99,80\n1;05.12.2024;Baker KG;-3,50\n"
        "1;31.12.2024;Max Mustermann;500,00\n"
    )
    table = read(tmp_path, content)
    assert table.frame["amount"].to_list() == [-99.8, -3.5, 500.0]
    totals = read(tmp_path, "payee,city,amount\nA,x,1.5\nB,y,2\nC,z,4\nTotal,,7.5\n")
    assert totals.frame["amount"].to_list() == [1.5, 2, 4]
    assert "line 5 holds totals" in str(totals.report)


def test_pairs_of_coordinates_are_no_ranges(tmp_path):
    cells = ["32.5,-117.1", "33.5,-118.25", "40.75,-73.9"]
    table = read(tmp_path, "at,n\n" + "\n".join(f'"{cell}",{n}' for n, cell in enumerate(cells)) + "\n")
    assert table.frame["at"].to_list() == cells


def test_separators_with_a_backslash_are_letters(tmp_path):
    table = read(tmp_path, "title,year,score\nOne\\, two,1990,7.5\nThree,1991,6.5\nFour\\, five,1992,8.0\n")
    assert table.frame.to_dict(as_series=False) == {
        "title": ["One, two", "Three", "Four, five"],
        "year": [1990, 1991, 1992],
        "score": [7.5, 6.5, 8.0],
    }
    assert "',' with a backslash before it was read as a letter" in str(table.report)


def test_damaged_utf8_is_read_where_nothing_else_can_be_meant(tmp_path):
    (tmp_path / "t.csv").write_bytes("name,n\nÄpfel,1\nBäume,2\nCafé,3\n".encode() + b"\xe4\x90x,4\n")
    table = read_table(tmp_path / "t.csv")
    assert table.frame["name"].to_list()[:3] == ["Äpfel", "Bäume", "Café"]
    assert "bytes are damaged, the first in line 5" in str(table.report)


def test_times_with_other_answers_stay_text_and_that_is_said(tmp_path):
    rows = ["13:50", "04:07", "unknown", "22:15", "09:30", "at dawn"]
    report = read(tmp_path, "at,n\n" + "\n".join(f"{row},{n}" for n, row in enumerate(rows)) + "\n").report
    assert "column 'at' was kept as text: 67% of its cells are times, but not 'at dawn', 'unknown'" in str(report)


def test_letters_of_most_numbers_are_kept(tmp_path):
    cells = ["1", "2", "41B", "41C", "51A", "51B", "61A", "61C"]
    assert (
        columns(tmp_path, "flight,n\n" + "\n".join(f"{cell},{n}" for n, cell in enumerate(cells)) + "\n")["flight"]
        == cells
    )


def test_a_few_sentinels_are_not_said_to_be_none(tmp_path):
    cells = [*range(100, 400), -999, -999, *range(100, 900)]
    report = read(tmp_path, "a,n\n" + "\n".join(f"{cell},{n}" for n, cell in enumerate(cells)) + "\n").report
    assert "0.18% of its cells are -999" in str(report)


def test_the_last_of_ordered_answers(tmp_path):
    table = read(tmp_path, "doors,age,n\n2,10 years,1\n3,20 years,2\n4,65 years and older,3\n5more,30 years,4\n")
    assert table.frame["doors"].to_list() == [2, 3, 4, 5]
    assert table.frame["age"].to_list() == [10, 20, 65, 30]
    assert "column 'doors': 1 cells such as '5more' were read without their mark" in str(table.report)


@pytest.mark.parametrize("cell", ["²", "5²", "1" * 5000, "٣"])
def test_digits_of_other_kinds_are_no_crash(tmp_path, cell):
    assert read(tmp_path, f"a,n\nx,1\ny,2\n{cell},3\n").frame["a"].to_list() == ["x", "y", cell]
    assert read(tmp_path, f"{cell},b\nx,1\ny,2\nz,3\n").frame.columns == [cell, "b"]


def test_integers_named_like_codes_are_remarked_on(tmp_path):
    rows = [f"{30 + number % 4 * 15},{number % 4 * 10},{number / 7:.3f},{number}" for number in range(60)]
    report = read(tmp_path, "\n".join(["MSSubClass,Category.Size,zip_area,store_id", *rows])).report
    assert [note.column for note in report.notes if note.code == "categories"] == ["MSSubClass"]
    assert "has 4 different integers and is used as a number" in str(report)
    assert "--text 'MSSubClass'" in str(report)


def test_a_column_that_may_number_the_rows_is_remarked_on(tmp_path):
    rows = [f"{number},{number},{number + 1950},{number * number % 17}" for number in range(1, 41)]
    report = read(tmp_path, "\n".join(["Rank,id,year,x", *rows])).report
    assert [note.column for note in report.notes if note.code == "index"] == ["Rank"]  # an id is left out, not used
    assert "--exclude 'Rank'" in str(report)


def test_a_price_with_cents_is_no_sentinel(tmp_path):
    report = read(tmp_path, "price,x\n" + "".join(f"{n % 9}.50,{n}\n" for n in range(50)) + "79.99,1\n79.99,2\n").report
    assert not [note for note in report.notes if note.code == "sentinel"]


def test_a_few_cells_in_several_units_among_bare_numbers_are_gaps(tmp_path):
    """Whatever the unit of the others is, acres and yards are not both it."""
    read_one = read(
        tmp_path, "sqft,x\n" + "".join(f"{900 + n},{n}\n" for n in range(60)) + "2 Acres,1\n150 Sq. Yards,2\n"
    )
    assert read_one.frame["sqft"].to_list() == [*range(900, 960), None, None]
    assert "'2 Acres' in line 62, '150 Sq. Yards' in line 63" in str(read_one.report)


def test_codes_among_names_are_names(tmp_path):
    """Prices of avocados by the codes of their sizes: most columns of numbers have text in the first row."""
    content = ",Date,Price,4046,4225,Bags,Small\n0,2015-12-27,1.33,1036.74,54454.85,8696.87,8603.62\n"
    read_one = columns(tmp_path, content + "1,2015-12-20,1.35,674.28,44638.81,9505.56,9408.07\n")
    assert list(read_one) == ["column_1", "Date", "Price", "4046", "4225", "Bags", "Small"]
    assert read_one["4046"] == [1036.74, 674.28]


def test_kinds_and_roles_below_the_names(tmp_path):
    """Orange writes what every column is in two further lines."""
    content = "Mileage,Registered,Price,Body,Model\ncontinuous,discrete,continuous,discrete,string\n,,,class,meta\n"
    read_one = read(
        tmp_path, content + "277.0,yes,4200.0,sedan,320\n427.5,no,7900.0,van,Sprinter\n1.0,yes,130.0,van,S 5\n"
    )
    assert read_one.frame.columns == ["Mileage", "Registered", "Price", "Body", "Model"]
    assert read_one.frame["Price"].to_list() == [4200.0, 7900.0, 130.0]
    assert "line 2 has units or kinds ('Mileage: continuous'" in str(read_one.report)
    assert "1 row(s) below the names were left out: 'class meta (line 3)'" in str(read_one.report)


@pytest.mark.parametrize("cells", ["1st owner|2nd owner|3rd owner", "1st|2nd|3rd|4th", "4th|5th|9th"])
def test_ordinals_are_categories_without_a_remark(tmp_path, cells):
    cells = cells.split("|")
    read_one = read(tmp_path, "owner,x\n" + "".join(f"{cells[n % len(cells)]},{n * n % 7}\n" for n in range(60)))
    assert read_one.frame["owner"].to_list() == [cells[n % len(cells)] for n in range(60)]
    assert not read_one.report.notes


@pytest.mark.parametrize(
    "content",
    ["speed,species\nweight,class\n", "speed,speed,species\nmax,weight,class\n", "Baby,Mother,Baby\nid,weight,class\n"],
)
def test_names_that_could_be_roles_are_names(tmp_path, content):
    names = content.split("\n")[1].split(",")
    rows = "".join(
        ",".join([*(f"{n * k % 13}.5" for k in range(1, len(names))), "ab"[n % 2]]) + "\n" for n in range(50)
    )
    assert read(tmp_path, content + rows).frame.columns == names


def test_the_first_rows_of_a_series_with_gaps_are_kept(tmp_path):
    early = "".join(f"{1950 + n}-01-01,,,{n / 10},\n" for n in range(45))
    late = "".join(f"{1995 + n}-01-01,{n}.5,{n}.25,{n / 10},{n * n}\n" for n in range(30))
    read_one = read(tmp_path, "date,gdp,cpi,rate,ff\n" + early + late)
    assert read_one.frame.height == 75
    assert read_one.frame["gdp"].null_count() == 45


def test_a_unit_that_was_no_number_in_training_is_none_later(tmp_path):
    bare = "".join(f"{n + 10},{n}\n" for n in range(298))
    first = read(tmp_path, "area,y\n" + bare + "3 acres,1\n2 yards,2\n")
    assert first.frame["area"].null_count() == 2
    (tmp_path / "later.csv").write_text("area,y\n" + bare + "3 acres,1.0\n")
    later = read_table(tmp_path / "later.csv", like=first.report.format)
    assert later.frame["area"].to_list() == [*range(10, 308), None]
    assert "'3 acres' in line 300" in str(later.report)
    (tmp_path / "other.csv").write_text("area,y\n3 acres,1.0\n")
    with pytest.raises(TableError, match="line 2 has '3 acres'"):
        read_table(tmp_path / "other.csv", like=first.report.format)


@pytest.mark.parametrize("mark", ["999.9", "-99.9", "99.99"])
def test_nines_with_decimals_are_sentinels(tmp_path, mark):
    cells = [mark if n % 9 == 0 else f"{n % 13}.{n % 7}" for n in range(200)]
    report = read(tmp_path, "wind,x\n" + "".join(f"{cell},{n}\n" for n, cell in enumerate(cells))).report
    assert f"--na {mark}" in str(report)


def test_two_words_and_a_number_are_a_row(tmp_path):
    read_one = read(tmp_path, "closed,pending,12\n" + "".join(f"{n},{n + 1},{n + 2}\n" for n in range(50)))
    assert read_one.frame.height == 51


def test_cells_that_settle_the_order_settle_it_beside_other_dates(tmp_path):
    rows = [f"{n},2015-05-{n:02d}" for n in range(1, 29)] + ["1,13/05/2015", "2,14/05/2015", "3,01/05/2015"]
    dates = read(tmp_path, "x,date\n" + "\n".join(rows) + "\n").frame["date"].to_list()
    assert dates[-3:] == [datetime(2015, 5, 13), datetime(2015, 5, 14), datetime(2015, 5, 1)]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ("Rs 17,239/-|Rs 7,000/-|Rs 4,41,441/-", [17239, 7000, 441441]),
        ("535.498,-|90.060,-|693,-", [535498, 90060, 693]),
        ("535.498,- €|90.060,- €|693,- €", [535498, 90060, 693]),
        ("CHF 12.-|CHF 1'250.-|CHF 7.50", [12, 1250, 7.5]),
        ("93:-|1250:-|77:-", [93, 1250, 77]),
        ("'0.5|'7.5|'8.25", [0.5, 7.5, 8.25]),
        ("139 m²|76 m²|80.5 m²", [139, 76, 80.5]),
    ],
)
def test_signs_behind_prices_and_before_text(tmp_path, cells, values):
    rows = "".join(f'"{cell}",{n}\n' for n, cell in enumerate(cells.split("|")))
    assert columns(tmp_path, "price,x\n" + rows)["price"] == values


def test_square_metres_are_no_metres(tmp_path):
    report = read(tmp_path, "size,x\n139 m²,1\n76 m,2\n80 m²,3\n90 m,4\n").report
    assert "in several units: m² (2), m (2)" in str(report)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_quotes_with_a_backslash_whatever_the_separator(tmp_path, separator):
    rows = [separator.join((str(n), f'"say \\"hi\\"{separator} ok"', str(n * n))) for n in range(10)]
    read_one = columns(tmp_path, separator.join("aby") + "\n" + "\n".join(rows) + "\n")
    assert read_one == {"a": [*range(10)], "b": [f'say "hi"{separator} ok'] * 10, "y": [n * n for n in range(10)]}


@pytest.mark.parametrize("head", ["a,b,y", '"a,b,y"'])
def test_quotes_around_every_line_are_left_out(tmp_path, head):
    read_one = read(tmp_path, head + "\n" + "".join(f'"{n},""x{n % 3}"",{n}.5"\n' for n in range(30)))
    assert read_one.frame["b"].to_list() == [f"x{n % 3}" for n in range(30)]
    assert read_one.frame["y"].to_list() == [n + 0.5 for n in range(30)]
    assert "the quotes around its lines were left out" in str(read_one.report)


def test_a_sentence_in_every_line_is_a_column_of_text(tmp_path):
    read_one = read(tmp_path, 'said\n"yes, well"\n"no"\n"a, b, c"\n"so, it is"\n')
    assert read_one.frame.to_dict(as_series=False) == {"said": ["yes, well", "no", "a, b, c", "so, it is"]}


def test_text_without_names_loses_no_row(tmp_path):
    read_one = read(tmp_path, "blue,L,no\nred,M,yes\nblue,M,yes\nred,L,no\n" * 10)
    assert read_one.frame.height == 40
    assert "--header 1 takes them for names" in str(read_one.report)


def test_a_last_row_with_nothing_but_its_name_is_no_footer(tmp_path):
    body = "".join(f"n{row},{row},2001-01-0{row}\n" for row in range(1, 9))
    one = read(tmp_path, f"name,n,day\n{body}new,,\nTotal,36,\n")
    assert one.frame["name"].to_list()[-2:] == ["n8", "new"]
    other = read(tmp_path, f"name,n,day\n{body}\nSummary,,\nTotal,36,\n")
    assert other.frame["name"].to_list()[-2:] == ["n7", "n8"]
    assert "'Summary'" in str(other.report)


@pytest.mark.parametrize("label", ["All", "Germany", "合计", "Sub-Total"])
def test_sums_below_a_new_label_are_totals(tmp_path, label):
    rows = "".join(f"r{n},{n + 3},{n * 1.5}\n" for n in range(12))
    read_one = read(tmp_path, f"t,units,sales\n{rows}{label},102,99.0\n")
    assert read_one.frame.height == 12
    assert "line 14 holds totals" in str(read_one.report)


def test_the_index_of_a_sample_is_remarked_on(tmp_path):
    report = read(
        tmp_path, ",w,y\n" + "".join(f"{5 * n + n % 3},{n * n % 7}.5,{n * n % 11}\n" for n in range(40))
    ).report
    assert [note.column for note in report.notes if note.code == "index"] == ["column_1"]
