//! The tree of a configuration: flat arrays in the order of the text, and cheap views into them.
//!
//! A node knows where its subtree ends and how deep it stands, so that walking, comparing and printing are loops, and the tree
//! of a file with a million directives costs two allocations. Equality of trees ignores positions and white space.

use std::borrow::Cow;
use std::iter::FusedIterator;
use std::ops::Range;

use super::lex;
use super::records::{ArgRecord, Kind, Quoting, Record, Section};
use crate::source::{FileId, Span};

/// A parsed configuration; it borrows the text.
#[derive(Debug, Clone)]
pub struct Tree<'t> {
    pub(super) file: FileId,
    pub(super) text: &'t str,
    pub(super) nodes: Vec<Record>,
    pub(super) args: Vec<ArgRecord>,
    pub(super) files: Vec<Section>,
}

impl Tree<'_> {
    /// The files: one, or all those of an `nginx -T` dump in its order, the main file first.
    pub fn files(&self) -> impl ExactSizeIterator<Item = ConfFile<'_>> {
        self.files.iter().map(|section| ConfFile { tree: self, section })
    }

    /// The directives at the top of the main file.
    #[must_use]
    pub fn directives(&self) -> Directives<'_> {
        let main = self.files.first().map_or(0..0, |section| section.nodes.clone());
        Directives::new(Nodes { tree: self, range: main })
    }

    /// The `server` blocks of the main file: those of `http`, and those at the top, as in the extract for one host.
    pub fn servers(&self) -> impl Iterator<Item = Directive<'_>> {
        fn nested(top: Directive<'_>) -> Directives<'_> {
            if top.name() == "http" { top.directives() } else { Directives::none(top.tree) }
        }
        let tops = self.directives().flat_map(|top| std::iter::once(top).chain(nested(top)));
        tops.filter(|directive| directive.is_block() && directive.name() == "server")
    }

    pub(super) fn text_of(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    fn span_of(&self, start: u32, end: u32) -> Span {
        Span { file: self.file, start, end }
    }

    pub(super) fn node(&self, at: u32) -> Node<'_> {
        match self.nodes[at as usize].kind {
            Kind::Comment | Kind::Trailing => Node::Comment(Comment { tree: self, at }),
            Kind::Simple | Kind::Block | Kind::Lua => Node::Directive(Directive { tree: self, at }),
        }
    }

    pub(super) fn value_of(&self, arg: &ArgRecord) -> Cow<'_, str> {
        let raw = self.text_of(arg.start, arg.end);
        let inner = match arg.quoting {
            Quoting::Bare => Some(raw),
            Quoting::Single | Quoting::Double => raw.get(1..raw.len().saturating_sub(1)),
        };
        let inner = inner.unwrap_or_default();
        if arg.has_escapes { lex::unescape(inner) } else { Cow::Borrowed(inner) }
    }

    pub(super) fn raw_args(&self, record: &Record) -> impl DoubleEndedIterator<Item = &str> {
        self.args[record.first_arg as usize..record.last_arg as usize].iter().map(|arg| self.text_of(arg.start, arg.end))
    }
}

impl PartialEq for Tree<'_> {
    fn eq(&self, other: &Self) -> bool {
        let same_file = |(a, b): (ConfFile<'_>, ConfFile<'_>)| a.path() == b.path() && a.section.nodes == b.section.nodes;
        let same_node = |(a, b): (&Record, &Record)| {
            let comment = matches!(a.kind, Kind::Comment | Kind::Trailing);
            (a.kind, a.depth, a.next) == (b.kind, b.depth, b.next)
                && self.raw_args(a).eq(other.raw_args(b))
                && (!comment || self.text_of(a.start, a.end) == other.text_of(b.start, b.end))
        };
        self.files.len() == other.files.len()
            && self.nodes.len() == other.nodes.len()
            && self.files().zip(other.files()).all(same_file)
            && self.nodes.iter().zip(&other.nodes).all(same_node)
    }
}

impl Eq for Tree<'_> {}

/// One file of a configuration.
#[derive(Debug, Clone, Copy)]
pub struct ConfFile<'a> {
    tree: &'a Tree<'a>,
    section: &'a Section,
}

impl<'a> ConfFile<'a> {
    /// The path in the header of the dump; nothing for a text that is no dump.
    #[must_use]
    pub fn path(self) -> Option<&'a str> {
        self.section.path.clone().and_then(|range| self.tree.text.get(range))
    }

    pub(super) fn range(self) -> Range<u32> {
        self.section.nodes.clone()
    }

    /// What stands at the top of the file.
    #[must_use]
    pub fn nodes(self) -> Nodes<'a> {
        Nodes { tree: self.tree, range: self.section.nodes.clone() }
    }

    /// The directives at the top of the file.
    #[must_use]
    pub fn directives(self) -> Directives<'a> {
        Directives::new(self.nodes())
    }
}

/// A directive or a comment.
#[derive(Debug, Clone, Copy)]
pub enum Node<'a> {
    /// A directive.
    Directive(Directive<'a>),
    /// A comment.
    Comment(Comment<'a>),
}

/// A comment.
#[derive(Debug, Clone, Copy)]
pub struct Comment<'a> {
    tree: &'a Tree<'a>,
    at: u32,
}

/// A comment of the controller that frames the block of one server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker<'a> {
    /// `## start server NAME`
    Start(&'a str),
    /// `## end server NAME`
    End(&'a str),
}

impl<'a> Comment<'a> {
    fn record(self) -> &'a Record {
        &self.tree.nodes[self.at as usize]
    }

    /// The comment with its `#`, without white space at its end.
    #[must_use]
    pub fn text(self) -> &'a str {
        self.tree.text_of(self.record().start, self.record().end)
    }

    /// Whether it stands behind something else on the same line.
    #[must_use]
    pub fn is_trailing(self) -> bool {
        self.record().kind == Kind::Trailing
    }

    /// The marker, if it is one.
    #[must_use]
    pub fn marker(self) -> Option<Marker<'a>> {
        let start = self.text().strip_prefix("## start server ").map(Marker::Start);
        start.or_else(|| self.text().strip_prefix("## end server ").map(Marker::End))
    }

    /// Where it stands.
    #[must_use]
    pub fn span(self) -> Span {
        self.tree.span_of(self.record().start, self.record().end)
    }
}

/// A directive, with or without a block.
#[derive(Debug, Clone, Copy)]
pub struct Directive<'a> {
    pub(super) tree: &'a Tree<'a>,
    pub(super) at: u32,
}

impl<'a> Directive<'a> {
    fn record(self) -> &'a Record {
        &self.tree.nodes[self.at as usize]
    }

    fn within(self) -> Nodes<'a> {
        Nodes { tree: self.tree, range: self.at + 1..self.record().next }
    }

    /// The name, decoded.
    #[must_use]
    pub fn name(self) -> Cow<'a, str> {
        self.words().next().map_or(Cow::Borrowed(""), Arg::value)
    }

    /// The name and the arguments.
    #[must_use]
    pub fn words(self) -> Args<'a> {
        let record = self.record();
        let code = u32::from(record.kind == Kind::Lua);
        Args { tree: self.tree, range: record.first_arg..record.last_arg - code }
    }

    /// The arguments.
    #[must_use]
    pub fn args(self) -> Args<'a> {
        let Args { tree, range } = self.words();
        Args { tree, range: range.start + u32::from(!range.is_empty())..range.end }
    }

    /// Whether it has a block of directives.
    #[must_use]
    pub fn is_block(self) -> bool {
        self.record().kind == Kind::Block
    }

    /// The code of a Lua block.
    #[must_use]
    pub fn lua(self) -> Option<&'a str> {
        let code = self.tree.args.get(self.record().last_arg.checked_sub(1)? as usize)?;
        (self.record().kind == Kind::Lua).then(|| self.tree.text_of(code.start, code.end))
    }

    /// What stands in its block; nothing when it has none.
    #[must_use]
    pub fn nodes(self) -> Nodes<'a> {
        self.within()
    }

    /// The directives in its block; none when it has none.
    #[must_use]
    pub fn directives(self) -> Directives<'a> {
        Directives::new(self.within())
    }

    /// All directives within its block at any depth, in the order of the text.
    #[must_use]
    pub fn descendants(self) -> Descendants<'a> {
        Descendants::new(self.within())
    }

    /// How many blocks stand around it.
    #[must_use]
    pub fn depth(self) -> u8 {
        self.record().depth
    }

    /// From its name through its `;` or its closing brace.
    #[must_use]
    pub fn span(self) -> Span {
        self.tree.span_of(self.record().start, self.record().end)
    }

    /// From its name through its last argument.
    #[must_use]
    pub fn head_span(self) -> Span {
        let end = self.words().next_back().map_or(self.record().start, |arg| arg.record.end);
        self.tree.span_of(self.record().start, end)
    }

    /// From its name through its last argument, with whatever stands between them.
    #[must_use]
    pub fn head_text(self) -> &'a str {
        let Span { start, end, .. } = self.head_span();
        self.tree.text_of(start, end)
    }

    /// From its name through its `;` or its closing brace, as it is written.
    #[must_use]
    pub fn text(self) -> &'a str {
        self.tree.text_of(self.record().start, self.record().end)
    }

    /// The name and the arguments as they are written, one space between them.
    #[must_use]
    pub fn head(self) -> String {
        self.words().map(Arg::raw).collect::<Vec<_>>().join(" ")
    }
}

/// An argument or a name.
#[derive(Debug, Clone, Copy)]
pub struct Arg<'a> {
    pub(super) tree: &'a Tree<'a>,
    pub(super) record: &'a ArgRecord,
}

impl<'a> Arg<'a> {
    /// The text with its quotes.
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.tree.text_of(self.record.start, self.record.end)
    }

    /// The value: quotes and escapes resolved, variables as they are.
    #[must_use]
    pub fn value(self) -> Cow<'a, str> {
        self.tree.value_of(self.record)
    }

    /// Its quotes.
    #[must_use]
    pub fn quoting(self) -> Quoting {
        self.record.quoting
    }

    /// Where it stands, quotes included.
    #[must_use]
    pub fn span(self) -> Span {
        self.tree.span_of(self.record.start, self.record.end)
    }
}

/// Iterates over arguments.
#[derive(Debug, Clone)]
pub struct Args<'a> {
    pub(super) tree: &'a Tree<'a>,
    pub(super) range: Range<u32>,
}

impl<'a> Args<'a> {
    fn at(&self, index: u32) -> Arg<'a> {
        Arg { tree: self.tree, record: &self.tree.args[index as usize] }
    }
}

impl<'a> Iterator for Args<'a> {
    type Item = Arg<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.range.next().map(|index| self.at(index))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.range.end.saturating_sub(self.range.start) as usize;
        (len, Some(len))
    }
}

impl DoubleEndedIterator for Args<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.range.next_back().map(|index| self.at(index))
    }
}

impl ExactSizeIterator for Args<'_> {}
impl FusedIterator for Args<'_> {}

/// Iterates over sisters, comments included.
#[derive(Debug, Clone)]
pub struct Nodes<'a> {
    pub(super) tree: &'a Tree<'a>,
    pub(super) range: Range<u32>,
}

impl<'a> Iterator for Nodes<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.range.start;
        (at < self.range.end).then(|| {
            self.range.start = self.tree.nodes[at as usize].next;
            self.tree.node(at)
        })
    }
}

/// Iterates over sisters, without comments.
#[derive(Debug, Clone)]
pub struct Directives<'a>(Nodes<'a>);

impl<'a> Directives<'a> {
    pub(super) fn new(nodes: Nodes<'a>) -> Self {
        Self(nodes)
    }

    pub(super) fn none(tree: &'a Tree<'a>) -> Self {
        Self(Nodes { tree, range: 0..0 })
    }
}

impl<'a> Iterator for Directives<'a> {
    type Item = Directive<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.find_map(|node| match node {
            Node::Directive(directive) => Some(directive),
            Node::Comment(_) => None,
        })
    }
}

/// Iterates over everything within a block, without comments; see [`Directive::depth`].
#[derive(Debug, Clone)]
pub struct Descendants<'a>(Nodes<'a>);

impl<'a> Descendants<'a> {
    pub(super) fn new(nodes: Nodes<'a>) -> Self {
        Self(nodes)
    }
}

impl<'a> Iterator for Descendants<'a> {
    type Item = Directive<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.range.find_map(|at| match self.0.tree.node(at) {
            Node::Directive(directive) => Some(directive),
            Node::Comment(_) => None,
        })
    }
}
