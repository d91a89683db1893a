//! Any text, as in `fuzz`, where only the stable toolchain is at hand: the bodies are the same. `PROPTEST_CASES` sets how many texts are
//! tried.

#[path = "../../fuzz/bodies/mod.rs"]
mod bodies;

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

/// Any text with what the grammars of manifests, certificates and files of users have a use for.
fn input() -> impl Strategy<Value = Vec<u8>> {
    const WORDS: [&str; 28] = [
        "\0",
        "\n",
        "\r\n",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "'",
        "|\n ",
        "&a ",
        "*a",
        "#",
        "---\n",
        "\t",
        "\\",
        "evil on;",
        "\u{202e}",
        "shop.example",
        "Secret",
        "data",
        "/",
        "*",
        "$uri",
        "-----BEGIN CERTIFICATE-----",
        "bob:{PLAIN}x",
    ];
    let piece = prop_oneof![6 => prop::sample::select(&WORDS[..]).prop_map(|word| word.as_bytes().to_vec()), 3 => "[a-z0-9.:/]{0,8}".prop_map(String::into_bytes), 1 => prop::collection::vec(any::<u8>(), 0..6)];
    (any::<u8>(), prop::collection::vec(piece, 0..12)).prop_map(|(first, pieces)| std::iter::once(first).chain(pieces.concat()).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_the_same(text in text()) {
        bodies::conf(text.as_bytes());
    }

    #[test]
    fn comparing_any_texts_ends(before in text(), after in text()) {
        bodies::diff(format!("{before}\0{after}").as_bytes());
    }

    #[test]
    fn comparing_sound_texts_says_the_same_in_both_directions(before in sound(), after in sound()) {
        bodies::diff(format!("{before}\0{after}").as_bytes());
    }

    #[test]
    fn any_lua_is_one_block(text in text()) {
        bodies::lua(text.as_bytes());
    }

    #[test]
    fn any_settings_have_complaints_or_none(text in input()) {
        bodies::settings(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 32 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_rendered_of_any_manifests_keeps_its_shape(text in input()) {
        bodies::render(&text);
    }

    #[test]
    fn no_message_shows_a_secret(text in input()) {
        bodies::secrets(&text);
    }

    #[test]
    fn any_certificates_are_read(text in input()) {
        bodies::certificates(&text);
    }

    #[test]
    fn users_are_those_of_the_file(text in input()) {
        bodies::htpasswd(&text);
    }

    #[test]
    fn any_values_keep_their_shape_and_leave_others_alone(text in input()) {
        bodies::hostile(&text);
    }
}
