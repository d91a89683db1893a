//! The shape of an output: what no value may change.

use std::collections::BTreeSet;

use ingressc::conf::{self, Directive, Node};
use ingressc::emit::OutputFile;
use ingressc::source::FileId;

/// What a text that holds `evil` breaks in an output, if it does.
pub fn broken(target: &str, files: &[OutputFile]) -> Option<String> {
    files.iter().find_map(|file| match target {
        "haproxy" if file.name.ends_with(".cfg") => broken_lines(&file.content, is_whole),
        _ if file.name.ends_with(".conf") => broken_directives(&file.content),
        _ => broken_lines(&file.content, |_| true),
    })
}

/// What is gone of an output: of what stands for one host, or of its hosts and sections.
pub fn gone(target: &str, files: &[OutputFile], base: &[OutputFile], neighbour: Option<&str>) -> Option<String> {
    let (is, was) = (parts(target, files, neighbour), parts(target, base, neighbour));
    was.difference(&is).next().map(|part| format!("{part:?} is gone"))
}

fn broken_directives(text: &str) -> Option<String> {
    let tree = conf::parse(FileId(0), text);
    if let Some(found) = tree.diagnostics.first() {
        return Some(format!("it cannot be read: {}", found.message));
    }
    let named = all(&tree.value).find(|directive| directive.name().starts_with("evil"));
    named.map(|directive| format!("`{}` is a directive", directive.head_text())).or_else(|| swallowed(&tree.value, text))
}

/// A comment behind other text, which holds a value: nothing of ours writes one.
fn swallowed(tree: &conf::Tree, text: &str) -> Option<String> {
    let mut nodes: Vec<Node> = tree.files().flat_map(|file| file.nodes().collect::<Vec<_>>()).collect();
    while let Some(node) = nodes.pop() {
        if let Node::Comment(comment) = node {
            let before = &text[..comment.span().start as usize];
            let is_behind = before.rsplit('\n').next().is_some_and(|line| !line.trim().is_empty());
            if is_behind && comment.text().contains("evil") {
                return Some(format!("a comment swallows what follows: {}", comment.text()));
            }
        }
        if let Node::Directive(directive) = node {
            nodes.extend(directive.nodes());
        }
    }
    None
}

fn broken_lines(text: &str, is_whole: fn(&str) -> bool) -> Option<String> {
    let mut lines = text.lines();
    let broken = lines.find(|line| line.trim_start().starts_with("evil") || !is_whole(line))?;
    Some(format!("`{broken}` is a line"))
}

/// Whether a line of HAProxy ends where it seems to: with no quote open and no comment that holds a value.
fn is_whole(line: &str) -> bool {
    if line.trim_start().starts_with('#') {
        return true;
    }
    let (mut quote, mut letters) = (None, line.char_indices());
    while let Some((at, letter)) = letters.next() {
        match (quote, letter) {
            (None, '#') => return !line[at..].contains("evil"),
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None | Some('"'), '\\') if letters.next().is_none() => return false,
            _ => {}
        }
    }
    quote.is_none()
}

/// What must stay: the hosts, or all that stands for one.
fn parts(target: &str, files: &[OutputFile], neighbour: Option<&str>) -> BTreeSet<String> {
    let text: String = files.iter().map(|file| file.content.as_str()).collect::<Vec<_>>().join("\n");
    if target == "haproxy" {
        // Backends and tables belong to routes, which may close; what is asked of a map stays.
        let is_section = |line: &&str| ["global", "defaults", "frontend "].iter().any(|section| line.starts_with(section));
        let key = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
        return match neighbour {
            Some(host) => text.lines().filter(|line| line.starts_with(host)).map(key).collect(),
            None => text.lines().filter(is_section).map(str::to_owned).collect(),
        };
    }
    let tree = conf::parse(FileId(0), &text);
    let servers = tree.value.servers().filter_map(|server| {
        let name = server.directives().find(|directive| directive.name() == "server_name")?.args().next()?.value().into_owned();
        let whole = || server.descendants().map(|directive| format!("{}{}\n", directive.depth(), directive.head())).collect();
        match neighbour {
            Some(host) => name.contains(host).then(whole),
            None => Some(name),
        }
    });
    servers.collect()
}

fn all<'t>(tree: &'t conf::Tree) -> impl Iterator<Item = Directive<'t>> {
    tree.directives().flat_map(|directive| std::iter::once(directive).chain(directive.descendants()))
}
