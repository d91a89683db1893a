//! One configuration alone: where each of its directives is, in the words in which changes are told.

use std::sync::Arc;

use super::report::Place;
use super::{place, plain_name};
use crate::conf::{Directive, Tree};

/// A directive and its place.
#[derive(Debug, Clone, Copy)]
pub struct Located<'l> {
    /// The directive.
    pub directive: Directive<'l>,
    /// Its name, as in [`Change::name`](super::Change::name).
    pub name: &'l str,
    /// The blocks around it, from outside in.
    pub blocks: &'l [Arc<str>],
    /// The host and location that it is about.
    pub place: &'l Place,
}

/// Tells of every directive of the main file, in the order of the text.
pub fn each(tree: &Tree<'_>, mut tell: impl FnMut(Located<'_>)) {
    let mut walk = Walk { blocks: Vec::new(), tell: &mut tell };
    walk.level(tree.directives(), &Place::default());
}

struct Walk<'w> {
    blocks: Vec<Arc<str>>,
    tell: &'w mut dyn FnMut(Located<'_>),
}

impl Walk<'_> {
    /// The reader's limit of nesting bounds the recursion.
    fn level<'a>(&mut self, directives: impl Iterator<Item = Directive<'a>>, around: &Place) {
        for directive in directives {
            let name = plain_name(directive);
            if !directive.is_block() {
                (self.tell)(Located { directive, name: &name, blocks: &self.blocks, place: around });
                continue;
            }
            let own = place::of_block(around, None, Some(directive));
            (self.tell)(Located { directive, name: &name, blocks: &self.blocks, place: &own });
            // What a server says of its first Ingress is about the block, not about what is in it.
            let inside = place::of_inside(around, directive);
            self.blocks.push(name.into());
            self.level(directive.directives(), &inside);
            self.blocks.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::conf;
    use crate::source::FileId;

    #[test]
    fn every_directive_is_told_with_its_place() {
        let text = "a 1; http { server { server_name h; location /x { set $namespace n; set $ingress_name i; b; } } }";
        let tree = conf::parse(FileId(0), text).value;
        let mut told = Vec::new();
        each(&tree, |located| {
            let place = located.place;
            let ingress = place.after.as_ref().map(|target| target.ingress.as_str()).unwrap_or_default();
            told.push(format!("{}|{}|{}|{ingress}", located.blocks.len(), located.name, place.host.as_deref().unwrap_or_default()));
        });
        let expected = [
            "0|a||",
            "0|http||",
            "1|server h|h|i",
            "2|server_name|h|",
            "2|location /x|h|i",
            "3|set $namespace|h|i",
            "3|set $ingress_name|h|i",
            "3|b|h|i",
        ];
        assert_eq!(told, expected);
    }
}
