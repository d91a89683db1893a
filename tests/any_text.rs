//! Any text as a configuration, as in `fuzz`, where only the stable toolchain is at hand: reading ends, what is printed reads the same,
//! nothing differs from itself, and each difference has words. `PROPTEST_CASES` sets how many texts are tried.

use ingressc::conf;
use ingressc::diff::facts::{self, Facts};
use ingressc::diff::{self, places, words};
use ingressc::source::FileId;
use proptest::prelude::*;

/// Pieces that the grammar has a use for, and some that it has none for.
const PIECES: [&str; 36] = [
    "a",
    "b 1",
    "http",
    "server",
    "server_name",
    "location",
    "listen",
    "set",
    "$x",
    "${x}",
    "~*",
    "=",
    "/",
    "80",
    "[::]:80",
    "if",
    "(",
    ")",
    "{",
    "}",
    ";",
    " ",
    "\n",
    "\t",
    "\"",
    "'",
    "\\",
    "#",
    "# configuration file /x:\n",
    "x_by_lua_block",
    "--[[",
    "]]",
    "\u{202e}",
    "ü",
    "\0",
    "proxy_set_header Authorization b",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned), 1 => "\\PC{0,6}"];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// A text that is mostly sound: directives and blocks that end.
fn sound() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "a 1;",
        "a 2;",
        "b;",
        "set $x 1;",
        "listen 80;",
        "server_name h;",
        "deny all;",
        "x_by_lua_block { y() }",
    ]);
    let leaf = leaf.prop_map(str::to_owned).boxed();
    leaf.prop_recursive(4, 40, 6, |inner| {
        let head = prop::sample::select(vec!["http", "server", "location /", "location ~ x", "if ($x)", "map $x $y"]);
        (head, prop::collection::vec(inner, 0..6)).prop_map(|(head, inner)| format!("{head} {{ {} }}", inner.join("\n")))
    })
}

fn check_pair(before: &str, after: &str) {
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
    assert!(diff::compare_servers(&before, &before, &hosts).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_the_same(text in text()) {
        let tree = conf::parse(FileId(0), &text).value;
        let printed = conf::print(&tree);
        let again = conf::parse(FileId(1), &printed).value;
        prop_assert!(again == tree, "{printed:?}");
        prop_assert!(diff::compare(&again, &tree).is_empty());
    }

    #[test]
    fn comparing_any_texts_ends(before in text(), after in text()) {
        check_pair(&before, &after);
    }

    #[test]
    fn comparing_sound_texts_says_the_same_in_both_directions(before in sound(), after in sound()) {
        check_pair(&before, &after);
    }
}
