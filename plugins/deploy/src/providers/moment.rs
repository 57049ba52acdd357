//! The times of providers: `2026-01-05T10:00:00Z`, with fractions or an offset, and `2026-01-05 10:00:00 UTC` as GitLab's webhooks have it.

/// In milliseconds since 1970; none if it is no time.
pub fn read(text: &str) -> Option<u64> {
    let (date, time) = text.split_once(['T', ' '])?;
    let mut date = date.splitn(3, '-').map(str::parse::<u64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let end = time.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(time.len());
    let (clock, zone) = time.split_at(end);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut clock = clock.splitn(3, ':').map(str::parse::<u64>);
    let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
    let is_day = (1970..10_000).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !is_day || hour >= 24 || minute >= 60 || second > 60 {
        return None;
    }
    let seconds = (days(year, month, day) * 24 + hour) * 3600 + minute * 60 + second;
    let millis = format!("{fraction:0<3}").get(..3)?.parse::<u64>().ok()?;
    (seconds * 1000 + millis).checked_add_signed(-offset(zone.trim())?)
}

/// `Z`, `UTC` or `+02:00`, in milliseconds.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "" | "Z" | "UTC") {
        return Some(0);
    }
    let (sign, hours) = (if zone.starts_with('-') { -1 } else { 1 }, zone.strip_prefix(['+', '-'])?);
    let digits: String = hours.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = (digits.get(..2)?.parse::<i64>().ok()?, digits.get(2..4)?.parse::<i64>().ok()?);
    Some(sign * (hours * 60 + minutes) * 60_000)
}

/// Days since 1970-01-01, with years that begin in March so that leap days come last.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_of_all_providers_are_read() {
        for text in [
            "2026-01-05T10:00:00Z",
            "2026-01-05T10:00:00.000Z",
            "2026-01-05 10:00:00 UTC",
            "2026-01-05T12:00:00+02:00",
            "2026-01-05T05:30:00.0-0430",
        ] {
            assert_eq!(read(text), Some(1_767_607_200_000), "{text}");
        }
        assert_eq!(read("1970-01-01T00:00:00.5Z"), Some(500));
        assert_eq!(read("2024-02-29T00:00:00Z"), Some(1_709_164_800_000));
        for text in [
            "",
            "yesterday",
            "2026-01-05",
            "2026-13-05T10:00:00Z",
            "2026-01-00T10:00:00Z",
            "0001-01-05T10:00:00Z",
            "2026-01-05T25:00:00Z",
            "2026-01-05T10:00:00X",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
