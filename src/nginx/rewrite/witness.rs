//! Texts that fit a regular expression and hold as much as it lets in of what nginx escapes.

use hashbrown::HashSet;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::escape::is_escaped;

/// How often something is repeated that may stand there without end.
const MANY: usize = 48;
/// Longest text.
const LONGEST: usize = 2_048;
/// Letters in the order in which they are taken.
const PREFERRED: &[u8] = b"+ %&;\"<>`^|{}\\#?\x7f\x80\xc3\xff\t\n\x01";
/// The same of those that are not escaped, in each order that is tried.
const PLAIN: [&[u8]; 3] = [b"a1A0-._~/", b"q7Q_-./", b"z9Z-/"];

/// How a text is made.
#[derive(Debug, Clone, Copy, Default)]
struct Way<'f> {
    /// Which branch is taken; none: the one with most of what is escaped.
    branch: Option<usize>,
    /// How often what may be repeated is.
    count: usize,
    /// What stands where any letters may.
    filler: Option<&'f [u8]>,
    /// In which order letters are taken that are not escaped.
    plain: usize,
    /// The groups that are written, a bit each, and how often what may be repeated is in the others; none: as everywhere.
    written: Option<(u16, usize)>,
    /// Whether letters are taken that are not escaped.
    is_spare: bool,
    /// The same of letters that are not repeated.
    has_plain_singles: bool,
}

/// Texts that may fit an expression, the most promising first, with texts that stand where any letters may. Of groups that are not
/// `written`, a bit each, there is as little as possible: nginx reserves for them too.
pub(super) fn filled(hir: &Hir, written: u16, fillers: &[Vec<u8>]) -> Vec<Vec<u8>> {
    const BRANCHES: [Option<usize>; 5] = [None, Some(0), Some(1), Some(2), Some(3)];
    const COUNTS: [usize; 4] = [MANY, 1, 0, 3];
    let (mut texts, mut seen) = (Vec::new(), HashSet::new());
    let mut add = |way: Way| {
        let mut text = Vec::new();
        write(hir, way, &mut text);
        if text.len() <= LONGEST && seen.insert(text.clone()) {
            texts.push(text);
        }
    };
    let ways = |branches: usize, counts: usize| {
        BRANCHES[..branches].iter().flat_map(move |branch| COUNTS[..counts].iter().map(|count| (*branch, *count)))
    };
    for (branch, count) in ways(5, 4) {
        for plain in 0..PLAIN.len() {
            let way = Way { branch, count, plain, ..Way::default() };
            add(way);
            add(Way { has_plain_singles: true, ..way });
            if written != u16::MAX {
                [0, 1].into_iter().for_each(|spare| add(Way { written: Some((written, spare)), ..way }));
            }
        }
    }
    for filler in fillers {
        ways(3, 2).for_each(|(branch, count)| add(Way { branch, count, filler: Some(filler), ..Way::default() }));
    }
    texts
}

/// A short text that may fit, of letters that are not escaped.
pub(super) fn short(hir: &Hir) -> Vec<u8> {
    let mut text = Vec::new();
    write(hir, Way { branch: Some(0), count: 1, is_spare: true, ..Way::default() }, &mut text);
    text
}

/// Whether one of some groups stands in an expression.
fn has_group(hir: &Hir, groups: u16) -> bool {
    match hir.kind() {
        HirKind::Capture(capture) => {
            1_u16.checked_shl(capture.index).is_some_and(|bit| groups & bit != 0) || has_group(&capture.sub, groups)
        }
        HirKind::Repetition(repetition) => has_group(&repetition.sub, groups),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(|part| has_group(part, groups)),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

fn write(hir: &Hir, way: Way, text: &mut Vec<u8>) {
    if text.len() > LONGEST {
        return;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.extend_from_slice(&literal.0),
        HirKind::Class(class) => text.extend(letter(class, way.plain, way.is_spare || way.has_plain_singles)),
        HirKind::Capture(capture) => match way.written.filter(|(groups, _)| !has_group(hir, *groups)) {
            Some((_, count)) => write(&capture.sub, Way { count, is_spare: true, ..way }, text),
            None => write(&capture.sub, way, text),
        },
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, way, text)),
        HirKind::Alternation(parts) => {
            let chosen = match way.branch {
                Some(branch) => parts.get(branch % parts.len().max(1)),
                None => parts.iter().max_by_key(|part| {
                    let mut sample = Vec::new();
                    write(part, Way { count: 1, filler: None, ..way }, &mut sample);
                    sample.iter().filter(|byte| is_escaped(**byte)).count()
                }),
            };
            chosen.into_iter().for_each(|part| write(part, way, text));
        }
        HirKind::Repetition(repetition) => {
            let (least, most) = (repetition.min as usize, repetition.max.map_or(usize::MAX, |max| max as usize));
            if let Some(filler) = way.filler.filter(|filler| (least..=most).contains(&filler.len()))
                && let HirKind::Class(class) = inside(&repetition.sub).kind()
                && filler.iter().all(|byte| holds(class, *byte))
            {
                text.extend_from_slice(filler);
                return;
            }
            let way = Way { has_plain_singles: false, ..way };
            for _ in 0..way.count.clamp(least.min(LONGEST), most) {
                write(&repetition.sub, way, text);
            }
        }
    }
}

/// What is in a group.
fn inside(hir: &Hir) -> &Hir {
    match hir.kind() {
        HirKind::Capture(capture) => inside(&capture.sub),
        _ => hir,
    }
}

fn holds(class: &Class, byte: u8) -> bool {
    match class {
        Class::Bytes(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&byte)),
        Class::Unicode(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&char::from(byte))),
    }
}

fn letter(class: &Class, plain: usize, is_spare: bool) -> Option<u8> {
    let plain = PLAIN.get(plain).copied().unwrap_or_default();
    let (first, then) = if is_spare { (plain, PREFERRED) } else { (PREFERRED, plain) };
    let preferred = first.iter().chain(then).copied().find(|byte| holds(class, *byte));
    preferred.or_else(|| (1..=u8::MAX).find(|byte| holds(class, *byte)))
}
