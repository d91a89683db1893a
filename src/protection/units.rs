//! Numbers as nginx reads them, and lists as people read them.

/// More items of a list than this are counted.
const MOST: usize = 5;

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
    let mut items = items.into_iter();
    let mut shown: Vec<&str> = items.by_ref().take(MOST).collect();
    // To say that there is one more takes no less room than to name it.
    shown.extend(items.next());
    let more = match items.count() {
        0 => String::new(),
        more => {
            shown.pop();
            format!("{} more", more + 1)
        }
    };
    if !more.is_empty() {
        shown.push(&more);
    }
    shown.join(", ")
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
        assert_eq!(list(["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e, 2 more");
        assert_eq!(difference(&["a", "b"], &["b", "c"]), "added c; removed a");
    }
}
