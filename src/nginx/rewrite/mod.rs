//! The rewrite module of nginx, and the requests for which it writes more than it has reserved.
//!
//! Whether that happens is no question of how a directive looks: it depends on what was done before in the same block. So requests are
//! made of the regular expressions of the block, and each is followed through it (`run`) with the bytes that nginx reserves and
//! writes. What is told has happened for one of them.

mod escape;
mod expression;
mod names;
mod program;
mod run;
mod script;
mod witness;

pub(super) use names::named;
pub(super) use run::Fault;

use expression::Expression;
use hashbrown::HashSet;
use program::{Action, Condition, Step};
use regex_syntax::hir::Hir;
use run::{Choices, Overrun};

use crate::conf::Directive;

/// Most paths that are tried.
const MOST_PATHS: usize = 600;
/// Of how many texts that fit an expression the ends are tried in others.
const MOST_FILLERS: usize = 6;

/// Where nginx writes more than it has reserved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding<'t> {
    pub(super) fault: Fault,
    /// The directive, as it is written.
    pub(super) line: &'t str,
    /// The directive with arguments before it whose rule of escaping stayed.
    pub(super) before: Option<&'t str>,
}

/// Looks at a block: a server (without arguments) or a location (with those that say which paths are its own).
pub(super) fn overrun<'t>(directives: &[Directive<'t>], location: Option<&[&str]>) -> Option<Finding<'t>> {
    if !directives.iter().any(|directive| may_matter(*directive)) {
        return None;
    }
    let steps = program::steps(directives);
    if !is_suspicious(&steps) {
        return None;
    }
    let place = Place::new(location);
    for path in paths(&steps, &place) {
        let mut choices = Choices::default();
        loop {
            if let Some(Overrun { fault, at, before }) = run::run(&steps, &path, &mut choices) {
                let line = |at: usize| steps[at].line;
                let before = before.filter(|_| fault == Fault::StaleArguments).map(line);
                return Some(Finding { fault, line: line(at), before });
            }
            choices.answers += 1;
            if choices.answers >= choices.ways() {
                break;
            }
        }
    }
    None
}

/// Whether nginx may reserve less than it writes for a `rewrite` with this expression, target and flag.
#[must_use]
pub fn is_underestimated(pattern: &str, target: &str, flag: &str) -> bool {
    program::rewrite(pattern, target, Some(flag)).is_underestimated()
}

/// Whether it is a `rewrite` with something that is escaped, at first glance.
fn may_matter(directive: Directive) -> bool {
    match &*directive.name() {
        "rewrite" => directive.args().nth(1).is_some_and(|target| {
            let target = target.raw();
            target.contains('?') || target.matches('$').nth(1).is_some()
        }),
        "if" => directive.directives().any(may_matter),
        _ => false,
    }
}

/// Whether there is what it takes: arguments with something behind them, or groups in groups.
fn is_suspicious(steps: &[Step]) -> bool {
    let mut has_arguments = false;
    for step in steps {
        let uses_captures = match &step.action {
            Action::Rewrite(rewrite) => rewrite.target.captures().next().is_some(),
            Action::Set { texts, .. } => texts.iter().any(|text| text.captures().next().is_some()),
            Action::If { condition: Condition::Equal { text, .. } | Condition::File(text), .. } => text.captures().next().is_some(),
            Action::If { .. } | Action::Stop => false,
        };
        if has_arguments && uses_captures {
            return true;
        }
        if let Action::Rewrite(rewrite) = &step.action {
            if rewrite.is_underestimated() {
                return true;
            }
            has_arguments |= rewrite.target.has_arguments() && !rewrite.is_last;
        }
    }
    false
}

/// Which paths come to a block.
enum Place {
    Any,
    Exact(String),
    Prefix(String),
    Fits(Box<Expression>),
}

impl Place {
    fn new(location: Option<&[&str]>) -> Self {
        match location {
            None | Some([]) => Self::Any,
            Some([name]) if name.starts_with('@') => Self::Any,
            Some(["=", path]) => Self::Exact((*path).to_owned()),
            Some([modifier @ ("~" | "~*"), pattern]) => Self::Fits(Box::new(Expression::new(pattern, *modifier == "~*"))),
            Some([.., path]) => Self::Prefix((*path).to_owned()),
        }
    }

    fn takes(&self, path: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(exact) => path == exact.as_bytes(),
            Self::Prefix(prefix) => path.starts_with(prefix.as_bytes()),
            Self::Fits(expression) => !expression.is_known() || expression.groups(path).is_some(),
        }
    }

    /// What paths that come here begin with.
    fn starts(&self) -> Vec<Vec<u8>> {
        let mut starts = vec![Vec::new(), b"/".to_vec()];
        match self {
            Self::Exact(path) | Self::Prefix(path) => starts.push(path.as_bytes().to_vec()),
            Self::Fits(expression) => starts.extend(expression.shape().map(witness::short)),
            Self::Any => {}
        }
        starts
    }
}

/// The paths that are tried: what the expressions of the block fit, with what others fit in them.
fn paths(steps: &[Step], place: &Place) -> Vec<Vec<u8>> {
    let expressions = steps.iter().filter_map(|step| match &step.action {
        Action::Rewrite(rewrite) => Some((&rewrite.pattern, rewrite.target.captures().fold(0, |groups, number| groups | 1 << number))),
        Action::If { condition: Condition::Fits { name, pattern, .. }, .. } if name == "uri" || name == "request_uri" => {
            Some((&**pattern, u16::MAX))
        }
        Action::Set { .. } | Action::If { .. } | Action::Stop => None,
    });
    let expressions: Vec<(&Expression, u16)> = expressions.collect();
    let looks: Vec<Vec<u8>> = expressions.iter().flat_map(|(expression, _)| expression.looks()).collect();
    let mut all: Vec<(&Hir, u16)> = expressions.iter().filter_map(|(expression, groups)| Some((expression.shape()?, *groups))).collect();
    if let Place::Fits(expression) = place {
        all.extend(expression.shape().map(|hir| (hir, u16::MAX)));
    }
    let plain: Vec<Vec<u8>> = all.iter().flat_map(|(hir, written)| witness::filled(hir, *written, &[])).collect();
    let fillers = fillers(all.iter().flat_map(|(hir, _)| witness::filled(hir, u16::MAX, &[]).into_iter().take(MOST_FILLERS)));
    let (mut found, mut starts): (Vec<Vec<u8>>, _) = (Vec::new(), place.starts());
    let mut seen = HashSet::new();
    starts.extend(looks.iter().map(|look| [b"/", look.as_slice()].concat()));
    let general = [&b"/++++++++++++++++++++++++++++++++++++++++"[..], b"++++++++++++++++++++++++++++++++++++++++", b""];
    let texts = general
        .iter()
        .map(|text| text.to_vec())
        .chain(plain)
        .chain(all.iter().flat_map(|(hir, _)| witness::filled(hir, u16::MAX, &fillers)));
    for text in texts {
        for start in &starts {
            let bare = text.strip_prefix(b"/").unwrap_or(&text);
            for path in [[start, text.as_slice()].concat(), [start, bare].concat()] {
                if is_path(&path) && seen.insert(path.clone()) && place.takes(&path) {
                    found.push(path);
                }
            }
        }
        if found.len() >= MOST_PATHS {
            break;
        }
    }
    found.truncate(MOST_PATHS);
    found
}

/// What stands in the place of any letters: the ends of texts from each slash on.
fn fillers(texts: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    // `.` fits no line break.
    let mut fillers: Vec<Vec<u8>> = vec![b"\n\n\n\n\n\n\n\n".to_vec()];
    let mut seen: HashSet<Vec<u8>> = fillers.iter().cloned().collect();
    for text in texts {
        let starts = text.iter().enumerate().filter(|(_, byte)| **byte == b'/').flat_map(|(at, _)| [at, at + 1]);
        for start in std::iter::once(0).chain(starts) {
            let filler = &text[start..];
            for filler in [filler.to_vec(), [filler, b"++++++++"].concat(), [filler, b"\n\n\n\n\n\n\n\n"].concat()] {
                if seen.insert(filler.clone()) {
                    fillers.push(filler);
                }
            }
        }
    }
    fillers
}

/// Whether nginx takes a path as it is: it begins with a slash, and has no empty segments and none of dots.
fn is_path(path: &[u8]) -> bool {
    let Some(segments) = path.strip_prefix(b"/") else { return false };
    let (mut all, count) = (segments.split(|byte| *byte == b'/').enumerate(), segments.split(|byte| *byte == b'/').count());
    !path.contains(&0) && all.all(|(at, segment)| segment != b"." && segment != b".." && (!segment.is_empty() || at + 1 == count))
}
