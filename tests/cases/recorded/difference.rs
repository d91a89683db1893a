//! What differs between two trees: `+` is only in the first, `-` only in the second, and unmarked lines say where.
//!
//! A block that is new is not shown whole: it is compared with the plain one of its kind, which is named behind it.

use super::tree::Node;

/// The plain blocks of the base.
const PLAIN: [(&str, &str); 3] = [("backend", "backend bakery-counter-80"), ("location", "location /"), ("server", "server bakery.test")];

/// The lines that differ.
pub fn of(made: &[Node], base: &[Node]) -> String {
    let mut lines = Vec::new();
    compare(made, base, 0, &mut lines);
    lines.concat()
}

fn line(mark: char, depth: usize, text: &str) -> String {
    format!("{mark} {}{text}\n", "  ".repeat(depth))
}

/// What became of a line.
enum Step<'a> {
    Same(&'a Node, &'a Node),
    Added(&'a Node),
    Removed(&'a Node),
}

fn compare(made: &[Node], base: &[Node], depth: usize, lines: &mut Vec<String>) {
    // The ordered line before, where it has not been shown: it says where the next one stands.
    let mut before = None;
    for step in steps(made, base) {
        match step {
            Step::Same(node, other) => {
                let mut within = Vec::new();
                compare(node.within.as_deref().unwrap_or_default(), other.within.as_deref().unwrap_or_default(), depth + 1, &mut within);
                let header = line(' ', depth, &node.text);
                if node.is_ordered {
                    before = within.is_empty().then(|| header.clone());
                }
                if !within.is_empty() {
                    lines.push(header);
                    lines.append(&mut within);
                }
            }
            Step::Added(node) => {
                if node.is_ordered {
                    lines.extend(before.take());
                }
                add(node, base, depth, lines);
            }
            Step::Removed(node) => lines.push(line('-', depth, &node.text)),
        }
    }
}

/// Shows a line that the base has not.
fn add(node: &Node, base: &[Node], depth: usize, lines: &mut Vec<String>) {
    let within = node.within.as_deref().unwrap_or_default();
    let plain = PLAIN.iter().find(|(kind, _)| *kind == node.kind()).and_then(|(_, text)| base.iter().find(|other| other.text == *text));
    match plain {
        Some(plain) => {
            lines.push(line('+', depth, &format!("{}, as {}", node.text, plain.text)));
            compare(within, plain.within.as_deref().unwrap_or_default(), depth + 1, lines);
        }
        None => {
            lines.push(line('+', depth, &node.text));
            within.iter().for_each(|node| add(node, &[], depth + 1, lines));
        }
    }
}

/// The longest common sequence of lines, and what stands between.
fn steps<'a>(made: &'a [Node], base: &'a [Node]) -> Vec<Step<'a>> {
    // How many lines are common from a place on.
    let mut common = vec![vec![0_usize; base.len() + 1]; made.len() + 1];
    for (i, node) in made.iter().enumerate().rev() {
        for (j, other) in base.iter().enumerate().rev() {
            common[i][j] = if node.text == other.text { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut steps) = (0, 0, Vec::new());
    while i < made.len() || j < base.len() {
        let step = match (made.get(i), base.get(j)) {
            (Some(node), Some(other)) if node.text == other.text => Step::Same(node, other),
            (_, Some(other)) if i == made.len() || common[i][j + 1] >= common[i + 1][j] => Step::Removed(other),
            (Some(node), _) => Step::Added(node),
            _ => break,
        };
        i += usize::from(!matches!(step, Step::Removed(_)));
        j += usize::from(!matches!(step, Step::Added(_)));
        steps.push(step);
    }
    steps
}
