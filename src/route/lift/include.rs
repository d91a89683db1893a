//! The directives of a block with those of the files that it includes.

use crate::conf::{Arg, Directive, Tree};

/// How deep files may include each other.
const DEEPEST: usize = 8;

/// Files of a dump that blocks include.
#[derive(Debug, Clone, Copy)]
pub(in crate::route) struct Lines<'t> {
    tree: &'t Tree<'t>,
}

impl<'t> Lines<'t> {
    pub(in crate::route) fn new(tree: &'t Tree<'t>) -> Self {
        Self { tree }
    }

    /// How many files there are.
    pub(in crate::route) fn files(self) -> usize {
        self.tree.files().len()
    }

    /// The directives at the top.
    pub(in crate::route) fn top(self) -> Vec<Directive<'t>> {
        self.expanded(self.tree.directives(), 0)
    }

    /// The directives of `http`, or all where there is no such block.
    pub(in crate::route) fn http(self) -> Vec<Directive<'t>> {
        let top = self.top();
        match top.iter().find(|directive| directive.name() == "http") {
            Some(http) => self.of(*http),
            None => top,
        }
    }

    /// The directives in a block.
    pub(in crate::route) fn of(self, block: Directive<'t>) -> Vec<Directive<'t>> {
        self.expanded(block.directives(), 0)
    }

    fn expanded(self, directives: impl Iterator<Item = Directive<'t>>, depth: usize) -> Vec<Directive<'t>> {
        let mut all = Vec::new();
        for directive in directives {
            if directive.name() != "include" || depth == DEEPEST {
                all.push(directive);
                continue;
            }
            let pattern = directive.args().next().map(Arg::value).unwrap_or_default();
            let mut files = self.tree.files().filter(|file| file.path().is_some_and(|path| is_meant(&pattern, path))).peekable();
            if files.peek().is_none() {
                all.push(directive);
            }
            for file in files {
                all.extend(self.expanded(file.directives(), depth + 1));
            }
        }
        all
    }
}

/// Whether an `include` means a file: by its path, its path below the folder of the configuration, or with `*` in its last part.
fn is_meant(pattern: &str, path: &str) -> bool {
    let fits = |pattern: &str| match pattern.split_once('*') {
        Some((head, tail)) => {
            let middle = path.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail));
            middle.is_some_and(|middle| !middle.contains('/'))
        }
        None => pattern == path,
    };
    fits(pattern) || !pattern.starts_with('/') && fits(&format!("/etc/nginx/{pattern}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn includes_mean_files_by_their_paths() {
        for (pattern, path, expected) in [
            ("/etc/nginx/mime.types", "/etc/nginx/mime.types", true),
            ("mime.types", "/etc/nginx/mime.types", true),
            ("conf.d/*.conf", "/etc/nginx/conf.d/a.conf", true),
            ("/etc/nginx/conf.d/*.conf", "/etc/nginx/conf.d/x/a.conf", false),
            ("a.conf", "/etc/nginx/b.conf", false),
        ] {
            assert_eq!(is_meant(pattern, path), expected, "{pattern} {path}");
        }
    }
}
