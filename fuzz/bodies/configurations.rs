//! `nginx.conf`: reading ends, what is printed reads the same, nothing differs from itself, and each difference has words.

use ingressc::conf;
use ingressc::diff::facts::{self, Facts};
use ingressc::diff::{self, places, words};
use ingressc::source::FileId;

/// Any text as a configuration.
pub fn conf(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let tree = conf::parse(FileId(0), &text).value;
    let printed = conf::print(&tree);
    let again = conf::parse(FileId(1), &printed).value;
    assert!(again == tree, "printed as {printed:?}");
    assert!(diff::compare(&again, &tree).is_empty());
}

/// Two texts, parted by a NUL.
pub fn diff(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (before, after) = text.split_once('\0').unwrap_or((&text, ""));
    let (before, after) = (conf::parse(FileId(0), before).value, conf::parse(FileId(1), after).value);
    let _ = Facts::read(&before);
    let report = diff::compare(&after, &before);
    assert_eq!(report.is_empty(), diff::compare(&before, &after).is_empty());
    for change in &report.changes {
        assert!(!words::of_configuration(change).message.is_empty());
        let _ = facts::is_of_the_machine(change);
    }
    let mut count = 0;
    places::each(&before, |_| count += 1);
    let hosts = diff::hosts_of(&before);
    assert!(diff::compare_servers(&before, &before, &hosts, diff::Beside::default()).is_empty());
}

/// Any text as Lua in a block: a block that ends is one directive, and what stands behind it is another.
pub fn lua(bytes: &[u8]) {
    let code = String::from_utf8_lossy(bytes);
    let text = format!("http {{ content_by_lua_block {{ {code} }} behind on; }}");
    let read = conf::parse(FileId(0), &text);
    let printed = conf::print(&read.value);
    let again = conf::parse(FileId(1), &printed).value;
    assert!(again == read.value, "printed as {printed:?}");
    // Without brackets, quotes, comments and backslashes there is nothing that could end the block early or late.
    let is_plain = !code.contains(['{', '}', '[', ']', '"', '\'', '-', '\\']);
    if is_plain {
        let block = read.value.directives().next().expect("there is a block");
        let names: Vec<_> = block.descendants().map(|directive| directive.name().into_owned()).collect();
        assert_eq!(names, ["content_by_lua_block", "behind"], "{text:?}");
    }
}
