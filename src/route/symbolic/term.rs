//! Values as functions of a request: what a variable is for every request at once.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use crate::nginx::{Pattern, capture};
use crate::route::target::{escape_args, escape_path, unescape_redirect};

/// A part of a request that may be anything.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::route) enum Input {
    /// The path in its plain form.
    Path,
    /// The arguments as they came.
    Args,
    /// The target as it came.
    Target,
    /// The method.
    Method,
    /// The host as nginx compares it, where a server has many.
    Host,
    /// The `Host` header as it came.
    HttpHost,
    /// A header, by the name of its variable.
    Header(Box<str>),
    /// A cookie.
    Cookie(Box<str>),
    /// An argument.
    Argument(Box<str>),
    /// The address of the client, by how it is found.
    Client(Box<str>),
    /// What the request alone does not say, or what nothing is known of but its name.
    Outside(Box<str>),
}

/// How the address of the client is found where nobody is believed about it.
pub(in crate::route) const CONNECTION: &str = "connection";
/// The variable with all addresses that a request came by.
pub(in crate::route) const FORWARDED: &str = "proxy_add_x_forwarded_for";

/// A function of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::route) enum Op {
    /// Escaped as a path.
    EscapePath,
    /// The same, if something in the target was.
    EscapePathIfQuoted,
    /// Escaped as in arguments, if something in the target was.
    EscapeArgsIfQuoted,
    /// All but plain letters escaped.
    Component,
    /// As `rewrite` writes redirects.
    Unescape,
    /// Without its first bytes.
    Skip(usize),
    /// `?` before it, where it is not empty.
    Question,
    /// `&` before it, where it is not empty.
    Ampersand,
    /// `?`, where it is not empty.
    IsArgs,
    /// The user name of the password that was sent.
    User,
}

/// A value as a function of the request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::route) enum Term {
    /// Always the same.
    Literal(Arc<[u8]>),
    /// A part of the request.
    Input(Input),
    /// What a group of an expression finds in a text.
    Group(Arc<str>, Shared),
    /// A function of a text.
    Apply(Op, Shared),
    /// What a table has for a text; what its values are made of stands behind.
    Lookup(Arc<str>, Shared),
    /// One behind the other.
    Join(Shared),
}

/// Values within another. They are compared by a digest, as tables that are made of each other hold the same values very often.
#[derive(Clone)]
pub(in crate::route) struct Shared {
    digest: u128,
    terms: Arc<[Term]>,
}

impl Shared {
    fn new(terms: Vec<Term>) -> Self {
        let half = |seed: u64| {
            let mut hasher = std::hash::DefaultHasher::new();
            seed.hash(&mut hasher);
            terms.hash(&mut hasher);
            u128::from(hasher.finish())
        };
        Self { digest: half(1) << 64 | half(2), terms: terms.into() }
    }

    /// The first of them.
    pub(in crate::route) fn first(&self) -> Option<&Term> {
        self.terms.first()
    }

    pub(in crate::route) fn iter(&self) -> impl Iterator<Item = &Term> {
        self.terms.iter()
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Shared {}

impl PartialOrd for Shared {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Shared {
    fn cmp(&self, other: &Self) -> Ordering {
        self.digest.cmp(&other.digest)
    }
}

impl Hash for Shared {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:x}", self.digest)
    }
}

/// What groups are called, each found once.
#[derive(Debug, Default)]
pub(in crate::route) struct Captures(HashMap<(Box<str>, bool, usize), Arc<str>>);

impl Captures {
    fn of(&mut self, pattern: &Pattern, group: usize) -> Arc<str> {
        let key = (Box::from(pattern.text()), pattern.is_caseless(), group);
        let found = || capture(pattern, group).unwrap_or_else(|| format!("{} {} {group}", pattern.text(), pattern.is_caseless()));
        Arc::clone(self.0.entry(key).or_insert_with(|| found().into()))
    }
}

impl Term {
    pub(in crate::route) fn of(text: impl AsRef<[u8]>) -> Self {
        Self::Literal(Arc::from(text.as_ref()))
    }

    pub(in crate::route) fn outside(what: impl Into<Box<str>>) -> Self {
        Self::Input(Input::Outside(what.into()))
    }

    pub(in crate::route) fn header(name: &str) -> Self {
        Self::Input(Input::Header(name.to_ascii_lowercase().replace('-', "_").into()))
    }

    /// The bytes, where they are always the same.
    pub(in crate::route) fn literal(&self) -> Option<&[u8]> {
        match self {
            Self::Literal(text) => Some(text),
            Self::Input(_) | Self::Group(..) | Self::Apply(..) | Self::Lookup(..) | Self::Join(_) => None,
        }
    }

    pub(in crate::route) fn literal_text(&self) -> Option<String> {
        self.literal().map(|text| String::from_utf8_lossy(text).into_owned())
    }

    pub(in crate::route) fn is_empty(&self) -> bool {
        self.literal() == Some(b"")
    }

    /// Several, one behind the other.
    pub(in crate::route) fn join(terms: impl IntoIterator<Item = Self>) -> Self {
        let mut out: Vec<Self> = Vec::new();
        let mut add = |term: Self| match (out.last_mut(), term) {
            (_, term) if term.is_empty() => {}
            (Some(Self::Literal(before)), Self::Literal(text)) => *before = [before.as_ref(), text.as_ref()].concat().into(),
            // `$is_args$args`
            (Some(Self::Apply(op @ Op::IsArgs, of)), term) if of.first() == Some(&term) => *op = Op::Question,
            (_, term) => out.push(term),
        };
        for term in terms {
            match term {
                Self::Join(inner) => inner.iter().cloned().for_each(&mut add),
                term => add(term),
            }
        }
        match out.len() {
            0 => Self::of(""),
            1 => out.swap_remove(0),
            _ => Self::Join(Shared::new(out)),
        }
    }

    /// What a group of an expression finds in it, which the expression fits.
    pub(in crate::route) fn group(&self, pattern: &Pattern, group: usize, captures: &mut Captures) -> Self {
        if group > pattern.count() {
            return Self::of("");
        }
        if let Some(text) = self.literal() {
            return Self::of(pattern.groups(text).and_then(|groups| groups.get(group).cloned()).unwrap_or_default());
        }
        Self::Group(captures.of(pattern, group), Shared::new(vec![self.clone()]))
    }

    pub(in crate::route) fn apply(&self, op: Op) -> Self {
        let Some(text) = self.literal() else { return Self::Apply(op, Shared::new(vec![self.clone()])) };
        match op {
            Op::EscapePath => Self::of(escape_path(text)),
            // Whether it is escaped depends on the target, unless there is nothing to escape.
            Op::EscapePathIfQuoted if escape_path(text) == text => self.clone(),
            Op::EscapeArgsIfQuoted if escape_args(text) == text => self.clone(),
            Op::Unescape => Self::of(unescape_redirect(text)),
            Op::Skip(length) => Self::of(text.get(length..).unwrap_or_default()),
            Op::Question | Op::Ampersand | Op::IsArgs if text.is_empty() => self.clone(),
            Op::Question => Self::of([b"?", text].concat()),
            Op::Ampersand => Self::of([b"&", text].concat()),
            Op::IsArgs => Self::of("?"),
            Op::EscapePathIfQuoted | Op::EscapeArgsIfQuoted | Op::Component | Op::User => Self::Apply(op, Shared::new(vec![self.clone()])),
        }
    }

    /// What a table has for values.
    pub(in crate::route) fn lookup(table: impl Into<Arc<str>>, of: Vec<Self>) -> Self {
        Self::Lookup(table.into(), Shared::new(of))
    }

    /// The same value, where some parts of the request are known. `done`: what was found of values within values.
    pub(in crate::route) fn with(&self, known: &BTreeMap<Input, Vec<u8>>, done: &mut HashMap<Self, Self>) -> Self {
        let of = match self {
            Self::Literal(_) => return self.clone(),
            Self::Input(input) => return known.get(input).map_or_else(|| self.clone(), Self::of),
            Self::Group(_, of) | Self::Apply(_, of) | Self::Lookup(_, of) | Self::Join(of) => of,
        };
        if let Some(found) = done.get(self) {
            return found.clone();
        }
        let within: Vec<Self> = of.iter().map(|term| term.with(known, done)).collect();
        let found = match self {
            Self::Join(_) => Self::join(within),
            Self::Apply(op, _) => within.first().map_or_else(|| self.clone(), |term| term.apply(*op)),
            Self::Group(capture, _) => Self::Group(Arc::clone(capture), Shared::new(within)),
            Self::Lookup(table, _) => Self::Lookup(Arc::clone(table), Shared::new(within)),
            Self::Literal(_) | Self::Input(_) => self.clone(),
        };
        done.insert(self.clone(), found.clone());
        found
    }

    /// The parts of the request that it is made of.
    pub(in crate::route) fn inputs<'t>(&'t self, found: &mut Vec<&'t Input>, seen: &mut HashSet<u128>) {
        match self {
            Self::Literal(_) => {}
            Self::Input(input) => found.push(input),
            Self::Group(_, of) | Self::Apply(_, of) | Self::Lookup(_, of) | Self::Join(of) => {
                if seen.insert(of.digest) {
                    of.iter().for_each(|term| term.inputs(found, seen));
                }
            }
        }
    }
}
