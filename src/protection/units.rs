//! Numbers as nginx reads them, and lists as people read them.

/// A list that is no longer than this is shown as a whole.
const LONGEST: usize = 200;

/// Requests in a thousand seconds: `5r/s`, `300r/m`.
pub(super) fn rate(word: &str) -> Option<u64> {
    match word.rsplit_once("r/")? {
        (count, "s") => count.parse::<u64>().ok()?.checked_mul(1000),
        (count, "m") => Some(count.parse::<u64>().ok()?.checked_mul(1000)? / 60),
        _ => None,
    }
}

/// Items with commas between them, the later of many counted.
pub(super) fn list<'i>(items: impl IntoIterator<Item = &'i str>) -> String {
    let items: Vec<&str> = items.into_iter().collect();
    let mut length = 0;
    let fits = |item: &&&str| {
        length += item.len() + 2;
        length <= LONGEST + 2
    };
    // One is shown in any case.
    let shown = items.iter().take_while(fits).count().max(1).min(items.len());
    match items.len() - shown {
        0 => items.join(", "),
        more => format!("{}, … and {more} more", items[..shown].join(", ")),
    }
}

/// What two lists do not have in common: `added a, b; removed c`. Empty where they hold the same.
pub(super) fn difference<'i>(before: &[&'i str], after: &[&'i str]) -> String {
    let (old, new): (std::collections::BTreeSet<&str>, std::collections::BTreeSet<&str>) =
        (before.iter().copied().collect(), after.iter().copied().collect());
    let added: Vec<&'i str> = after.iter().copied().filter(|item| !old.contains(item)).collect();
    let removed: Vec<&'i str> = before.iter().copied().filter(|item| !new.contains(item)).collect();
    let parts = [("added", added), ("removed", removed)];
    let parts = parts.into_iter().filter(|(_, items)| !items.is_empty());
    parts.map(|(word, items)| format!("{word} {}", list(items))).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_nginx_reads_them() {
        for (word, expected) in [("5r/s", Some(5000)), ("300r/m", Some(5000)), ("1r/m", Some(16)), ("5", None)] {
            assert_eq!(rate(word), expected, "{word}");
        }
    }

    #[test]
    fn long_lists_are_counted() {
        assert_eq!(list(["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e, f, g");
        let long = "x".repeat(66);
        assert_eq!(list([&*long, &long, &long, "a", "b"]), format!("{long}, {long}, … and 3 more"));
        let whole = "x".repeat(99);
        assert_eq!(list([&*whole, &whole]), format!("{whole}, {whole}"));
        assert_eq!(list([&*"x".repeat(300), "a"]), format!("{}, … and 1 more", "x".repeat(300)));
        assert_eq!(difference(&["a", "b"], &["b", "c"]), "added c; removed a");
    }
}
