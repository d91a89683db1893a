//! The ways through a tree: over arguments, over sisters, and over everything within a block.

use std::iter::FusedIterator;
use std::ops::Range;

use super::tree::{Arg, Directive, Node, Tree};

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
