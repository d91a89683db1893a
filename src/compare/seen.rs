//! A difference as far as it matters to what was tried, and what is in a block that only a running configuration has.

use std::sync::Arc;

use super::effects::{Effects, join, owner, part, print, texts};
use crate::conf::Directive;
use crate::diff::{Change, Kind};

/// A block that only the other side has.
pub(super) struct Lost {
    /// As it is written.
    pub(super) text: String,
    /// The directives in it.
    pub(super) lines: Vec<Seen>,
}

/// What the controller writes where it refuses to serve a path.
const DENIAL: &str = "return 503;";

/// What tells a difference apart from others.
pub(super) type Print = (&'static str, String, String, [Option<String>; 2]);

/// A difference as far as it matters here.
#[derive(Clone)]
pub(super) struct Seen {
    pub(super) file: &'static str,
    pub(super) path: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) texts: [Option<String>; 2],
    inside: [Option<u64>; 2],
    /// What one Ingress can have its own part in.
    pub(super) part: String,
    /// Namespace and name of the Ingress whose location it is in.
    pub(super) owner: Option<(String, String)>,
    /// What is in it, where it is a block that only the other side has.
    pub(super) lost: Option<Arc<Lost>>,
}

impl Seen {
    pub(super) fn of(file: &'static str, change: &Change) -> Self {
        let (path, name) = print(change);
        let inside = [&change.before, &change.after].map(|side| side.as_ref()?.inside);
        Self { file, path, name, kind: change.kind, texts: texts(change), inside, part: part(change), owner: owner(change), lost: None }
    }

    /// The same with what is in the block, where only the other side has it.
    pub(super) fn with(self, lost: Option<Arc<Lost>>) -> Self {
        Self { lost, ..self }
    }

    /// A directive in a block that only one side has.
    pub(super) fn inside(block: &Change, line: Directive<'_>, side: usize) -> Self {
        let words: Vec<_> = line.words().take(2).map(|word| word.value().into_owned()).collect();
        let mut texts = [None, None];
        texts[side] = Some(format!("{};", line.head()));
        let path = join(&[block.path.as_slice(), std::slice::from_ref(&block.name)].concat());
        let (part, owner) = (part(block), owner(block));
        Self { file: "nginx.conf", path, name: words.join(" "), kind: block.kind, texts, inside: [None, None], part, owner, lost: None }
    }

    /// It and what is in it.
    pub(super) fn lines(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.lost.iter().flat_map(|lost| &lost.lines))
    }

    /// What tells it apart from others.
    pub(super) fn print(&self) -> Print {
        (self.file, self.path.clone(), self.name.clone(), self.texts.clone())
    }

    /// Whether the catalog says that a name with such directives may have to do with it.
    pub(super) fn may_come_from(&self, directives: &[&str]) -> bool {
        match self.file {
            "nginx.conf" => directives.iter().any(|directive| self.lines().any(|line| line.is_about(directive))),
            _ => directives.is_empty(),
        }
    }

    /// Whether an entry of the catalog is about its directive, or about the block around it.
    fn is_about(&self, directive: &str) -> bool {
        fn word(text: &str) -> &str {
            text.split(' ').next().unwrap_or_default()
        }
        let around = self.path.rsplit('\n').next().unwrap_or_default();
        word(directive) == word(&self.name) || word(directive) == word(around)
    }

    /// Whether only the other side has it.
    pub(super) fn is_lost(&self, own: usize) -> bool {
        self.texts[own].is_none()
    }

    /// Whether what a state has otherwise is one of its texts, and whether it is both; none where it is neither.
    pub(super) fn likeness(&self, effects: &Effects, own: usize) -> Option<bool> {
        let found = effects.of(self.file, &self.path, &self.name)?;
        // In effects, the side stands behind.
        let (mine, other) = (&self.texts[own], &self.texts[1 - own]);
        found.iter().filter(|texts| texts[1] == *mine).map(|texts| texts[0] == *other).max()
    }

    /// Whether the controller refuses to serve a path, on one of the sides.
    pub(super) fn is_denial(&self) -> bool {
        self.texts.iter().any(|text| text.as_deref() == Some(DENIAL))
    }

    /// Whether a state makes it to the letter, and what is in it with it.
    pub(super) fn is_made(&self, effects: &Effects, own: usize) -> bool {
        self.likeness(effects, own) == Some(true) && self.is_as_there(effects, own)
    }

    /// Whether a state has what is in it, where that counts: a block that is there again with other words in it is another difference,
    /// and so is a route that would not be closed and answers otherwise.
    pub(super) fn is_as_there(&self, effects: &Effects, own: usize) -> bool {
        let is_line = |text: &String| !text.ends_with("{ … }");
        let closed = self.inside[own].filter(|_| self.texts[1 - own].is_none() && self.texts[own].as_ref().is_some_and(is_line));
        match closed {
            Some(inside) => effects.has_block(&self.path, inside),
            None => !self.is_lost_block(own) || self.is_restored(effects, own),
        }
    }

    /// Whether it is a block that only the other side has.
    pub(super) fn is_lost_block(&self, own: usize) -> bool {
        self.is_lost(own) && self.inside[1 - own].is_some()
    }

    /// Whether it is a block that only the other side has, and that a state has with the same words in it.
    pub(super) fn is_restored(&self, effects: &Effects, own: usize) -> bool {
        self.texts[own].is_none() && self.inside[1 - own].is_some_and(|inside| effects.has_block(&self.path, inside))
    }

    /// The text of one of the sides.
    pub(super) fn text(&self, side: usize) -> Option<&str> {
        self.texts[side].as_deref()
    }

    /// Whether a value is in the text of one side alone.
    pub(super) fn is_where_they_differ(&self, value: &str, own: usize) -> bool {
        let has = |side: usize| self.texts[side].as_deref().is_some_and(|text| text.contains(value));
        !value.is_empty() && has(own) && !has(1 - own)
    }
}
