"""Four made tables as people bring them, each with a target that can be learned up to noise, from a seed.

Columns are mixed: numbers, integers, words, booleans, dates and gaps. The target is the last column, `target`.
"""

from datetime import datetime, timedelta

import numpy as np
import polars as pl


def with_gaps(frame: pl.DataFrame, random: np.random.Generator, fraction: float = 0.02) -> pl.DataFrame:
    """Lose a fraction of the cells of every column but the target."""
    keep = {name: pl.Series(random.random(frame.height) >= fraction) for name in frame.columns if name != "target"}
    return frame.with_columns(pl.when(mask).then(pl.col(name)).alias(name) for name, mask in keep.items())


def days_from(start: datetime, days: np.ndarray) -> list[datetime]:
    return [start + timedelta(days=int(day)) for day in days]


def used_cars(rows: int, seed: int) -> pl.DataFrame:
    """Offers of used cars; the target is the price, with noise of 12%."""
    random = np.random.default_rng(seed)
    brands = {"Opel": 22, "VW": 27, "BMW": 44, "Škoda": 23, "Renault": 20, "Audi": 42, "Fiat": 16, "Citroën": 21}
    brand = random.choice(list(brands), rows)
    age = random.gamma(2.2, 2.6, rows).clip(0.1, 18)
    registered = days_from(datetime(2023, 6, 1), -age * 365)
    power = (
        70 + 60 * random.random(rows) + np.array([brands[name] for name in brand]) * random.random(rows) * 2.5
    ).round()
    list_price = np.round(
        420 * np.array([brands[name] for name in brand]) + 110 * power + random.normal(0, 900, rows), 2
    )
    km = (age * random.lognormal(9.5, 0.45, rows)).round().clip(500)
    fuel = random.choice(["petrol", "diesel", "hybrid", "electric"], rows, p=[0.5, 0.32, 0.1, 0.08])
    gearbox = random.choice(["manual", "automatic"], rows, p=[0.6, 0.4])
    damaged = random.random(rows) < 0.07
    owners = 1 + random.poisson(age / 5)
    worth = list_price * np.exp(-0.115 * age - 2.4e-6 * km) * (1 - 0.035 * (owners - 1)).clip(0.5)
    worth *= np.where(gearbox == "automatic", 1.05, 1) * np.where(damaged, 0.6, 1)
    worth *= np.select([fuel == "diesel", fuel == "electric"], [1.04, 0.88], 1.0)
    return with_gaps(
        pl.DataFrame({
            "brand": brand, "registered": registered, "km": km.astype(int), "power": power.astype(int), "fuel": fuel,
            "gearbox": gearbox, "owners": owners, "damaged": damaged, "list_price": list_price,
            "target": np.round(worth * random.lognormal(0, 0.12, rows)),
        }),
        random,
    )  # fmt: skip


def named_cars(rows: int, seed: int) -> pl.DataFrame:
    """Offers whose names hold brand, model, engine and trim, "Opel Tiva 1.6 Sport", and nothing else does.

    The target is the price, with noise of 12%.
    """
    world, random = np.random.default_rng(0), np.random.default_rng(seed)
    brands = np.array(["Opel", "VW", "BMW", "Škoda", "Renault", "Audi", "Fiat", "Citroën", "Seat", "Volvo"])
    syllables = np.array(["ti", "va", "ro", "mi", "len", "sor", "ka", "du", "bre", "xi"])
    models = np.array(["".join(world.choice(syllables, 2)).capitalize() for _ in range(60)])
    trims = np.array(["", "Sport", "Comfort", "Edition", "Elegance", "GT", "Style", "Business"])
    worth = [world.normal(0, spread, len(of)) for spread, of in ((0.35, brands), (0.3, models), (0.12, trims))]
    model = (60 * random.beta(0.7, 2.0, rows)).astype(int)
    brand, trim = model % len(brands), random.integers(0, len(trims), rows)
    engine = random.choice([1.0, 1.2, 1.4, 1.6, 2.0, 3.0], rows)
    age, km = random.gamma(2.2, 2.6, rows).clip(0.1, 18), random.lognormal(10.8, 0.7, rows).round()
    log_price = 9.8 + worth[0][brand] + worth[1][model] + worth[2][trim] + 0.25 * engine - 0.11 * age - 2.4e-6 * km
    names = [
        f"{brands[b]} {models[m]} {size:.1f} {trims[t]}".strip()
        for b, m, size, t in zip(brand, model, engine, trim, strict=True)
    ]
    return with_gaps(
        pl.DataFrame({
            "name": names, "age": age.round(1), "km": km.astype(int),
            "target": np.exp(log_price + random.normal(0, 0.12, rows)).round(),
        }),
        random,
    )  # fmt: skip


def listings(rows: int, seed: int) -> pl.DataFrame:
    """Flats to let; the target is the monthly rent, with noise of 10%."""
    random = np.random.default_rng(seed)
    districts = {"Mitte": 17, "Nord": 11, "Süd": 14, "Westend": 15, "Altstadt": 19, "Höhe": 12, "Hafen": 16, "Ried": 10}
    district = random.choice(list(districts), rows)
    size = np.round(random.gamma(5, 15, rows).clip(16, 260), 1)
    rooms = np.round((size / 27 + random.normal(0, 0.5, rows)).clip(1, 8) * 2) / 2
    built = random.choice(np.arange(1890, 2023), rows)
    distance = np.round(random.gamma(2, 2.4, rows) + 0.2, 2)
    condition = random.choice(["new", "good", "used", "to renovate"], rows, p=[0.15, 0.45, 0.3, 0.1])
    factor = {"new": 1.18, "good": 1.05, "used": 0.95, "to renovate": 0.78}
    balcony = random.random(rows) < 0.55
    square_metre = np.array([districts[name] for name in district]) * np.array([factor[name] for name in condition])
    rent = size**0.93 * square_metre * np.exp(-0.025 * distance) * np.where(balcony, 1.04, 1)
    rent *= 1 + 0.0012 * np.abs(built - 1955)
    fees = np.round(size * (1.8 + 1.2 * random.random(rows)) + 25, 2)
    listed = days_from(datetime(2022, 1, 1), random.integers(0, 500, rows))
    return with_gaps(
        pl.DataFrame({
            "listed": listed, "district": district, "size": size, "rooms": rooms, "floor": random.poisson(2.2, rows),
            "built": built, "distance": distance, "fees": fees, "condition": condition, "balcony": balcony,
            "target": np.round(rent * random.lognormal(0, 0.10, rows), 2),
        }),
        random,
    )  # fmt: skip


def players(rows: int, seed: int) -> pl.DataFrame:
    """Players of football; the target is a rating between 40 and 95, with noise of 1.5 points."""
    random = np.random.default_rng(seed)
    position = random.choice(["goalkeeper", "back", "midfield", "wing", "forward"], rows, p=[0.1, 0.3, 0.3, 0.12, 0.18])
    height = random.normal(np.where(position == "goalkeeper", 190, 181), 6).round()
    weight = np.round(0.9 * (height - 100) + random.normal(2, 4, rows), 1)
    talent = random.normal(64, 8, rows)
    skills = {name: (talent + random.normal(0, 7, rows)).round().clip(20, 99).astype(int)
              for name in ("pace", "shooting", "passing", "dribbling", "defending", "physical")}  # fmt: skip
    attack, defence = np.isin(position, ["wing", "forward"]), np.isin(position, ["back", "goalkeeper"])
    weights = {
        "pace": 0.15 + 0.1 * attack, "shooting": 0.1 + 0.25 * attack, "passing": 0.25 - 0.1 * attack,
        "dribbling": 0.2 - 0.1 * defence, "defending": 0.15 + 0.25 * defence - 0.12 * attack,
        "physical": 0.15 + 0.05 * defence,
    }  # fmt: skip
    total = sum(weights.values())
    rating = sum(weights[name] * skills[name] for name in skills) / total
    born = days_from(datetime(2005, 1, 1), -random.integers(0, 20 * 365, rows))
    age = np.array([(datetime(2023, 7, 1) - day).days / 365.25 for day in born])
    rating = rating + 2.5 - 0.05 * (age - 27) ** 2 + random.normal(0, 1.5, rows)
    wage = np.round(np.exp(0.14 * (rating - 40)) * 260 * random.lognormal(0, 0.7, rows), -2) + 500
    return with_gaps(
        pl.DataFrame({
            "born": born, "position": position, "foot": random.choice(["left", "right"], rows, p=[0.25, 0.75]),
            "height": height.astype(int), "weight": weight, "wage": wage, **skills, "target": np.round(rating, 1),
        }),
        random,
    )  # fmt: skip


def sensor_log(rows: int, seed: int) -> pl.DataFrame:
    """Readings of a building, one an hour; the target is the power it draws in kW, with noise of 6 kW."""
    random = np.random.default_rng(seed)
    moments = [datetime(2022, 2, 1) + timedelta(hours=hour) for hour in range(rows)]
    hour = np.array([moment.hour for moment in moments])
    day = np.array([moment.timetuple().tm_yday for moment in moments])
    workday = np.array([moment.weekday() < 5 for moment in moments])
    temperature = 10 - 11 * np.cos(2 * np.pi * (day - 15) / 365) - 4 * np.cos(2 * np.pi * (hour - 3) / 24)
    temperature = np.round(temperature + random.normal(0, 2.5, rows), 1)
    humidity = np.round((75 - 0.9 * temperature + random.normal(0, 8, rows)).clip(15, 100), 1)
    pressure = np.round(random.normal(1013, 7, rows), 1)
    people = random.poisson(np.where(workday & (hour > 7) & (hour < 19), 1400, 60))
    mode = np.where(people > 700, "day", random.choice(["night", "saving"], rows))
    tariff = np.round(random.gamma(9, 22, rows), 2)
    power = 60 + 0.09 * people + 4.5 * (18 - temperature).clip(0) + 5.5 * (temperature - 22).clip(0)
    power += 0.25 * (humidity - 50).clip(0) - 20 * (mode == "saving") - 0.05 * tariff
    return with_gaps(
        pl.DataFrame({
            "time": moments, "station": random.choice(["roof", "yard"], rows), "temperature": temperature,
            "humidity": humidity, "pressure": pressure, "people": people, "mode": mode,
            "impulses": (people * 37 + random.integers(0, 4000, rows)), "tariff": tariff,
            "window_open": random.random(rows) < 0.2, "target": np.round(power + random.normal(0, 6, rows), 2),
        }),
        random,
    )  # fmt: skip


MADE = {"used_cars": used_cars, "listings": listings, "players": players, "sensor_log": sensor_log}
