//! What nginx knows: each directive, where it may stand and what it takes.
//!
//! The source of each row is the module's table of commands in nginx 1.22 and 1.27, or the documentation of modules of others.

use super::Build;
use super::forms::Form;

/// The places where a directive may stand, as bits.
pub(super) type Places = u16;

/// Outside of every block.
pub(super) const MAIN: Places = 1;
/// In `events`.
pub(super) const EVENTS: Places = 1 << 1;
/// In `http`.
pub(super) const HTTP: Places = 1 << 2;
/// In a `server` of `http`.
pub(super) const SERVER: Places = 1 << 3;
/// In a `location`.
pub(super) const LOCATION: Places = 1 << 4;
/// In an `if` of a `server`.
pub(super) const SERVER_IF: Places = 1 << 5;
/// In an `if` of a `location`.
pub(super) const LOCATION_IF: Places = 1 << 6;
/// In `limit_except`.
pub(super) const LIMIT_EXCEPT: Places = 1 << 7;
/// In an `upstream` of `http`.
pub(super) const UPSTREAM: Places = 1 << 8;
/// In `stream`.
pub(super) const STREAM: Places = 1 << 9;
/// In a `server` of `stream`.
pub(super) const STREAM_SERVER: Places = 1 << 10;
/// In an `upstream` of `stream`.
pub(super) const STREAM_UPSTREAM: Places = 1 << 11;

/// `http`, `server` and `location`.
pub(super) const HSL: Places = HTTP | SERVER | LOCATION;
/// `http` and `server`.
pub(super) const HS: Places = HTTP | SERVER;
/// `stream` and its `server`.
pub(super) const SS: Places = STREAM | STREAM_SERVER;

/// What the arguments of a directive must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Anything.
    Any,
    /// `on` or `off`.
    Flag,
    /// A number without sign.
    Number,
    /// Bytes, with `k` or `m`.
    Size,
    /// Bytes, with `k`, `m` or `g`.
    Offset,
    /// A time in seconds or coarser units.
    Seconds,
    /// A time that may be as short as milliseconds.
    Milliseconds,
    /// A number of buffers and their size.
    Buffers,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any of these words, also several.
    Words(&'static [&'static str]),
    /// Each argument has one of these forms.
    Each(&'static [Form]),
    /// Each argument behind the first has one of these forms.
    Rest(&'static [Form]),
    /// What this function does not refuse.
    By(fn(&str, &[&str], Build) -> Option<String>),
}

/// One directive of nginx.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directive {
    /// Its name.
    pub(super) name: &'static str,
    /// Where it may stand.
    pub(super) places: Places,
    /// Fewest arguments.
    pub(super) least: usize,
    /// Most arguments.
    pub(super) most: usize,
    /// What the arguments must be.
    pub(super) kind: Kind,
    /// It may stand more than once in a block.
    pub(super) repeats: bool,
    /// It brings a block.
    pub(super) has_block: bool,
}

impl Directive {
    /// The same, with arguments of a kind.
    pub(super) const fn of(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// The same, once in a block.
    pub(super) const fn alone(self) -> Self {
        Self { repeats: false, ..self }
    }
}

/// No limit to the number of arguments.
pub(super) const MANY: usize = usize::MAX;

/// A directive that may stand once in a block.
pub(super) const fn once(name: &'static str, places: Places, least: usize, most: usize, kind: Kind) -> Directive {
    Directive { name, places, least, most, kind, repeats: false, has_block: false }
}

/// A directive that may stand often in a block.
pub(super) const fn often(name: &'static str, places: Places, least: usize, most: usize) -> Directive {
    Directive { name, places, least, most, kind: Kind::Any, repeats: true, has_block: false }
}

/// A directive with a block.
pub(super) const fn block(name: &'static str, places: Places, least: usize, most: usize) -> Directive {
    Directive { name, places, least, most, kind: Kind::Any, repeats: true, has_block: true }
}
