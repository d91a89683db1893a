//! A line against what a format writes: literals are sought, and each value must have the shape of its variable.

use std::ops::Range;

use memchr::memmem::Finder;

use super::escape::Escape;
use super::role::Role;
use super::shape::Shape;

/// Attempts that a line is worth: a hostile one could take more than there is time.
const MOST_STEPS: usize = 4096;

/// A variable, and what follows it.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) role: Role,
    pub(super) shape: Shape,
    /// What stands behind it; nothing at the end of the line and in front of another variable.
    pub(super) behind: Finder<'static>,
}

/// Why a line is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// The format writes no such line.
    Other,
    /// It can be read in two ways.
    Unclear,
}

/// What is sought in a line.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) escape: Escape,
    pub(super) before: Vec<u8>,
    pub(super) fields: Vec<Field>,
}

impl Pattern {
    /// What a text with variables writes.
    pub(super) fn compile(text: &str, escape: Escape) -> Self {
        let mut pattern = Self { escape, before: Vec::new(), fields: Vec::new() };
        let mut literal = Vec::new();
        let end = |literal: &mut Vec<u8>, pattern: &mut Self| {
            let literal = std::mem::take(literal);
            match pattern.fields.last_mut() {
                None => pattern.before = literal,
                Some(field) => field.behind = Finder::new(&literal).into_owned(),
            }
        };
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            literal.extend(&rest.as_bytes()[..at]);
            let behind = &rest[at + 1..];
            let Some((name, after)) = variable(behind) else {
                literal.push(b'$');
                rest = behind;
                continue;
            };
            end(&mut literal, &mut pattern);
            pattern.fields.push(Field { role: Role::of(name), shape: Shape::of(name), behind: Finder::new(b"").into_owned() });
            rest = after;
        }
        literal.extend(rest.as_bytes());
        end(&mut literal, &mut pattern);
        pattern
    }

    /// Where the values of the variables are.
    pub(super) fn read(&self, line: &[u8]) -> Result<Vec<Range<usize>>, Mismatch> {
        let rest = line.strip_prefix(self.before.as_slice()).ok_or(Mismatch::Other)?;
        let at = line.len() - rest.len();
        if self.fields.is_empty() {
            return if rest.is_empty() { Ok(Vec::new()) } else { Err(Mismatch::Other) };
        }
        let mut search =
            Search { pattern: self, line, values: Vec::with_capacity(self.fields.len()), found: None, steps: 0, is_unclear: false };
        search.from(at);
        match (search.is_unclear, search.found) {
            (true, _) => Err(Mismatch::Unclear),
            (false, found) => found.ok_or(Mismatch::Other),
        }
    }
}

struct Search<'s> {
    pattern: &'s Pattern,
    line: &'s [u8],
    values: Vec<Range<usize>>,
    found: Option<Vec<Range<usize>>>,
    steps: usize,
    is_unclear: bool,
}

impl Search<'_> {
    /// Reads the next variable, and all that follow, in each way there is.
    fn from(&mut self, at: usize) {
        let pattern = self.pattern;
        let Some(field) = pattern.fields.get(self.values.len()) else {
            if at == self.line.len() {
                self.end();
            }
            return;
        };
        let is_last = self.values.len() + 1 == pattern.fields.len();
        let literal = field.behind.needle();
        if literal.is_empty() {
            if is_last {
                self.take(field, at, self.line.len());
                return;
            }
            // Nothing stands between two variables: each place may be the one.
            (at..=self.line.len()).for_each(|end| self.take(field, at, end));
            return;
        }
        let mut from = at;
        while let Some(found) = field.behind.find(&self.line[from..]) {
            let end = from + found;
            let is_quoted = literal[0] == b'"' && pattern.escape != Escape::None;
            if is_quoted && pattern.escape == Escape::Json && is_escaped(&self.line[at..end]) {
                from = end + 1;
                continue;
            }
            self.take(field, at, end);
            // A quote within a value would have been escaped.
            if is_quoted || self.is_unclear {
                return;
            }
            from = end + 1;
        }
    }

    fn take(&mut self, field: &Field, at: usize, end: usize) {
        self.steps += 1;
        self.is_unclear |= self.steps > MOST_STEPS;
        if self.is_unclear || !field.shape.fits(&self.line[at..end]) {
            return;
        }
        self.values.push(at..end);
        self.from(end + field.behind.needle().len());
        self.values.pop();
    }

    fn end(&mut self) {
        let Some(found) = &self.found else {
            self.found = Some(self.values.clone());
            return;
        };
        let told = self.pattern.fields.iter().zip(found.iter().zip(&self.values)).filter(|(field, _)| field.role != Role::Other);
        self.is_unclear |= told.into_iter().any(|(_, (one, other))| one != other);
    }
}

/// Whether what follows has a backslash before it that counts.
fn is_escaped(text: &[u8]) -> bool {
    text.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// The name of a variable behind its sign, and what follows.
pub(super) fn variable(text: &str) -> Option<(&str, &str)> {
    let is_braced = text.starts_with('{');
    let body = &text[usize::from(is_braced)..];
    let end = body.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).unwrap_or(body.len());
    let (name, after) = body.split_at(end);
    let after = if is_braced { after.strip_prefix('}')? } else { after };
    (!name.is_empty()).then_some((name, after))
}
