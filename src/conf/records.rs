//! The flat arrays that a tree is made of.

use std::ops::Range;

/// The quotes around an argument in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    /// None.
    Bare,
    /// `'`
    Single,
    /// `"`
    Double,
}

/// What a node of the flat tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A directive that ends with `;`.
    Simple,
    /// A directive with a block of directives.
    Block,
    /// A directive with a block of Lua code. The code is its last argument.
    Lua,
    /// A comment on a line of its own.
    Comment,
    /// A comment behind something else on the same line.
    Trailing,
}

/// A node: its bytes, its arguments with its name as the first, and its place in the tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub(super) kind: Kind,
    pub(super) depth: u8,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) first_arg: u32,
    pub(super) last_arg: u32,
    /// The index behind the last node within this one.
    pub(super) next: u32,
}

/// An argument: its bytes, quotes included.
#[derive(Debug, Clone, Copy)]
pub(super) struct ArgRecord {
    pub(super) quoting: Quoting,
    /// Whether a backslash may stand in it.
    pub(super) has_escapes: bool,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A file within a dump: the path in its header, and its nodes.
#[derive(Debug, Clone)]
pub(super) struct Section {
    pub(super) path: Option<Range<usize>>,
    pub(super) nodes: Range<u32>,
}
