//! Two texts line by line: what differs, with what stands around it.
//!
//! Lines that each text has once are the points at which the texts are laid side by side, and between them equal lines, the first with the
//! first and so on. It takes n log n steps, whatever the texts.

use std::collections::VecDeque;

use hashbrown::HashMap;

/// Equal lines that are shown around a difference.
const CONTEXT: usize = 2;
/// Of a line at most this many characters are shown.
const LONGEST_LINE: usize = 200;
/// Characters that are shown before the place where two long lines begin to differ.
const BEFORE: usize = 60;

/// A line of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line<'t> {
    /// Both texts have it.
    Same(&'t str),
    /// Only the first text has it.
    Old(&'t str),
    /// Only the second text has it.
    New(&'t str),
    /// So many equal lines are left out.
    Gap(usize),
}

impl Line<'_> {
    /// What stands in front of it.
    fn sign(self) -> char {
        match self {
            Self::Same(_) => ' ',
            Self::Old(_) => '-',
            Self::New(_) => '+',
            Self::Gap(_) => '…',
        }
    }

    /// What is shown of it.
    fn text(self) -> String {
        match self {
            Self::Same(text) | Self::Old(text) | Self::New(text) => text.to_owned(),
            Self::Gap(1) => String::from("1 line as before"),
            Self::Gap(count) => format!("{count} lines as before"),
        }
    }
}

/// A difference between two texts as lines with their signs: one of several lines with what is around it, one of single lines as both.
pub(super) fn shown(old: &str, new: &str) -> Vec<(char, String)> {
    if !old.contains('\n') && !new.contains('\n') {
        let (old, new) = cut_alike(old, new);
        return vec![('-', old), ('+', new)];
    }
    let lines = difference(old, new);
    let pairs: Vec<(char, String)> = lines.iter().map(|line| (line.sign(), line.text())).collect();
    let mut shown: Vec<(char, String)> = Vec::with_capacity(pairs.len());
    let mut rest = pairs.into_iter().peekable();
    while let Some((sign, text)) = rest.next() {
        // One long line that takes the place of another one.
        match rest.next_if(|(next, _)| (sign, *next) == ('-', '+')) {
            Some((_, other)) => {
                let (old, new) = cut_alike(&text, &other);
                shown.extend([('-', old), ('+', new)]);
            }
            None => shown.push((sign, text)),
        }
    }
    shown
}

/// The lines that differ between two texts, with some around them.
fn difference<'t>(old: &'t str, new: &'t str) -> Vec<Line<'t>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut all = Vec::new();
    side_by_side(&old, &new, &once(&old, &new), &mut all, &|old, new, all| {
        let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        let tail = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(old, new)| old == new).count();
        let ends = (old.len() - tail, new.len() - tail);
        all.extend(old[..start].iter().map(|line| Line::Same(line)));
        let (inner_old, inner_new) = (&old[start..ends.0], &new[start..ends.1]);
        side_by_side(inner_old, inner_new, &equal(inner_old, inner_new), all, &|old, new, all| {
            all.extend(old.iter().map(|line| Line::Old(line)));
            all.extend(new.iter().map(|line| Line::New(line)));
        });
        all.extend(old[ends.0..].iter().map(|line| Line::Same(line)));
    });
    with_context(&all)
}

/// What to do with two stretches between points at which the texts are equal.
type Between<'b, 't> = &'b dyn Fn(&[&'t str], &[&'t str], &mut Vec<Line<'t>>);

/// Lays two texts side by side at pairs of equal lines.
fn side_by_side<'t>(old: &[&'t str], new: &[&'t str], pairs: &[(usize, usize)], all: &mut Vec<Line<'t>>, between: Between<'_, 't>) {
    let mut at = (0, 0);
    for pair in longest_rise(pairs) {
        between(&old[at.0..pair.0], &new[at.1..pair.1], all);
        all.push(Line::Same(old[pair.0]));
        at = (pair.0 + 1, pair.1 + 1);
    }
    between(&old[at.0..], &new[at.1..], all);
}

/// The lines that each side has once.
fn once(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    fn of<'s>(side: &[&'s str]) -> HashMap<&'s str, Option<usize>> {
        let mut seen: HashMap<&str, Option<usize>> = HashMap::new();
        for (at, line) in side.iter().enumerate() {
            seen.entry(line).and_modify(|known| *known = None).or_insert(Some(at));
        }
        seen
    }
    let others = of(new);
    let mut pairs: Vec<(usize, usize)> = of(old).into_iter().filter_map(|(line, at)| Some((at?, others.get(line).copied()??))).collect();
    pairs.sort_unstable();
    pairs
}

/// Equal lines, in the order of both sides.
fn equal(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let mut others: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (at, line) in new.iter().enumerate() {
        others.entry(line).or_default().push_back(at);
    }
    let mut partner = |line: &str| others.get_mut(line)?.pop_front();
    old.iter().enumerate().filter_map(|(at, line)| Some((at, partner(line)?))).collect()
}

/// A longest run of pairs, sorted by the first, that rises on the other side as well.
fn longest_rise(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, (_, place)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].1 < *place);
        before.push(length.checked_sub(1).map(|last| ends[last]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut run = Vec::new();
    let mut next = ends.last().copied();
    while let Some(at) = next {
        run.push(pairs[at]);
        next = before[at];
    }
    run.reverse();
    run
}

fn with_context<'t>(all: &[Line<'t>]) -> Vec<Line<'t>> {
    let mut is_near = vec![false; all.len()];
    for at in all.iter().enumerate().filter(|(_, line)| !matches!(line, Line::Same(_))).map(|(at, _)| at) {
        let end = (at + CONTEXT + 1).min(all.len());
        is_near[at.saturating_sub(CONTEXT)..end].fill(true);
    }
    let mut shown = Vec::new();
    let mut left_out = 0;
    for (line, is_near) in all.iter().zip(is_near) {
        if !is_near {
            left_out += 1;
            continue;
        }
        if left_out > 0 {
            shown.push(Line::Gap(left_out));
        }
        left_out = 0;
        shown.push(*line);
    }
    if left_out > 0 && !shown.is_empty() {
        shown.push(Line::Gap(left_out));
    }
    shown
}

/// Two long lines, cut so that the place where they begin to differ is seen; short ones stay as they are.
fn cut_alike(old: &str, new: &str) -> (String, String) {
    if old.chars().count().max(new.chars().count()) <= LONGEST_LINE {
        return (old.to_owned(), new.to_owned());
    }
    let same = old.chars().zip(new.chars()).take_while(|(old, new)| old == new).count();
    let skipped = if same > LONGEST_LINE / 2 { same - BEFORE } else { 0 };
    let cut = |text: &str| {
        let mark = if skipped > 0 { "…" } else { "" };
        let shown: String = text.chars().skip(skipped).collect();
        format!("{mark}{shown}")
    };
    (cut(old), cut(new))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn told(old: &str, new: &str) -> String {
        let line = |line: &Line<'_>| match line {
            Line::Same(text) | Line::Old(text) | Line::New(text) => format!("{}{text}", line.sign()),
            Line::Gap(count) => format!("{count}"),
        };
        difference(old, new).iter().map(line).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn what_differs_is_shown_with_what_is_around() {
        for (old, new, expected) in [
            ("", "", ""),
            ("a\nb", "a\nb", ""),
            ("a\nb\nc\nd\ne\nf\ng", "a\nb\nc\nX\ne\nf\ng", "1| b| c|-d|+X| e| f|1"),
            ("a\nb", "a\nb\nc", " a| b|+c"),
            ("x\nx\nx", "x\nx", " x| x|-x"),
            ("}\na\n}\nb\n}", "}\na\n}\nc\n}\nb\n}", "1| a| }|+c|+}| b| }"),
            ("a\nb", "c\nd", "-a|-b|+c|+d"),
            ("1\n2\n3\n4\n5\n6\n7\n8\n9", "0\n2\n3\n4\n5\n6\n7\n8\n0", "-1|+0| 2| 3|3| 7| 8|-9|+0"),
        ] {
            assert_eq!(told(old, new), expected, "{old:?} / {new:?}");
        }
    }

    #[test]
    fn long_lines_are_cut_where_they_differ() {
        let (old, new) = (format!("{}one", "a".repeat(500)), format!("{}two", "a".repeat(500)));
        let (old, new) = cut_alike(&old, &new);
        assert!(old.starts_with("…a") && old.ends_with("one") && new.ends_with("two") && old.chars().count() < 100, "{old} / {new}");
        assert_eq!(cut_alike("a", "b"), (String::from("a"), String::from("b")));
        let (early, _) = cut_alike(&format!("x{}", "a".repeat(500)), &format!("y{}", "a".repeat(500)));
        assert!(early.starts_with('x'));
    }
}
