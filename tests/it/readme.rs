//! The README and the guides say what is true: its commands run and print what it shows, and its excerpts are in the files that it names.
//!
//! A line `...` in a block stands for any number of lines; where no output is shown, there is none. Commands run in a copy of
//! `examples`, one after the other.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use pretty_assertions::assert_eq;
use tempfile::TempDir;

/// A fenced block: the words behind the fence, and the lines in it.
struct Block<'a> {
    info: &'a str,
    lines: Vec<&'a str>,
}

/// A command, and the lines that are shown below it.
struct Session<'a> {
    command: &'a str,
    shown: Vec<&'a str>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            blocks.push(Block { info, lines: lines.by_ref().take_while(|line| *line != "```").collect() });
        }
    }
    blocks
}

fn sessions<'a>(blocks: &[Block<'a>]) -> Vec<Session<'a>> {
    let mut sessions: Vec<Session> = Vec::new();
    for block in blocks.iter().filter(|block| block.info == "console") {
        let before = sessions.len();
        for line in &block.lines {
            match line.strip_prefix("$ ") {
                Some(command) => sessions.push(Session { command, shown: Vec::new() }),
                None if sessions.len() > before => sessions.last_mut().expect("one was just pushed").shown.push(line),
                None => panic!("a block begins without a command: {line}"),
            }
        }
    }
    sessions
}

/// The arguments of a command of ours; none for those of other programs.
fn arguments(command: &str) -> Option<Vec<&str>> {
    let line = command.strip_prefix("cargo run --release -- ").or_else(|| command.strip_prefix("ingressc "))?;
    assert!(!line.contains(['|', '>', '<', '\'', '"', '$', '*', '\\']), "only plain words can be run: {command}");
    Some(line.split_whitespace().collect())
}

fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ingressc"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command
}

/// What a terminal shows: the result, then the messages.
fn output(folder: &Path, arguments: &[&str]) -> String {
    let run = program(folder, arguments).output().expect("the program starts");
    assert!(run.status.code().is_some_and(|code| code <= 1), "{arguments:?}: {run:?}");
    [run.stdout, run.stderr].map(|bytes| String::from_utf8(bytes).expect("the program writes UTF-8")).concat()
}

/// Changes the copy of the examples where a command of another program does that. What needs a cluster or a clone is not run.
fn change(folder: &Path, command: &str) {
    if ["sed ", "mv "].iter().any(|word| command.starts_with(word)) {
        let status = Command::new("sh").args(["-c", command]).current_dir(folder).status();
        assert!(status.is_ok_and(|status| status.success()), "{command}");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("folders can be made");
    for entry in fs::read_dir(from).expect("it is a folder").map(|entry| entry.expect("it can be read")) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("files can be copied");
        }
    }
}

/// A folder with a copy of the examples, in which commands may write.
fn examples() -> TempDir {
    let folder = tempfile::tempdir().expect("there is room for files");
    copy(&root().join("examples"), &folder.path().join("examples"));
    folder
}

/// Whether the lines are what is shown. Blanks at the end of a line do not count: editors remove them.
fn fits(shown: &[&str], lines: &[&str]) -> bool {
    match shown {
        [] => lines.is_empty(),
        [ellipsis, rest @ ..] if ellipsis.trim() == "..." => (0..=lines.len()).any(|skipped| fits(rest, &lines[skipped..])),
        [line, rest @ ..] => lines.split_first().is_some_and(|(first, others)| first.trim_end() == *line && fits(rest, others)),
    }
}

/// Runs the commands of a page, and says how many they were.
fn run(page: &str) -> usize {
    let text = read(page);
    let folder = examples();
    let mut ran = 0;
    for Session { command, shown } in sessions(&blocks(&text)) {
        let Some(arguments) = arguments(command) else {
            change(folder.path(), command);
            continue;
        };
        let output = output(folder.path(), &arguments);
        let lines: Vec<&str> = output.lines().collect();
        // A blank line before the next command is layout.
        let shown = shown.strip_suffix(&[""]).unwrap_or(&shown);
        ran += 1;
        if !fits(shown, &lines) {
            assert_eq!(shown.join("\n"), lines.join("\n"), "{page} shows this below `{command}`, which is not what is printed");
        }
    }
    ran
}

#[test]
fn commands_print_what_is_shown() {
    let ran = run("README.md");
    assert!(ran >= 5, "the README shows only {ran} commands");
}

/// The pages of the book, below `docs`.
fn pages() -> Vec<String> {
    let entries = fs::read_dir(root().join("docs")).expect("there are guides");
    let names = entries.map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned());
    let mut pages: Vec<String> = names.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}")).collect();
    pages.sort();
    pages
}

#[test]
fn commands_of_the_guides_print_what_is_shown() {
    for page in pages() {
        run(&page);
    }
}

/// Where a page leads: the targets of its links, without those of blocks.
fn links(text: &str) -> Vec<&str> {
    let mut is_block = false;
    let mut links = Vec::new();
    for line in text.lines() {
        is_block ^= line.starts_with("```");
        if !is_block {
            links.extend(line.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)));
        }
    }
    links
}

/// The words by which headings of a page are found, as mdBook and GitHub make them.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let kept = |letter: char| match letter {
        ' ' => Some('-'),
        letter if letter.is_alphanumeric() || "-_".contains(letter) => Some(letter.to_ascii_lowercase()),
        _ => None,
    };
    headings.map(|heading| heading.chars().filter_map(kept).collect()).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut seen = 0;
    for page in pages().into_iter().chain(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(str::to_owned)) {
        let text = read(&page);
        let folder = Path::new(&page).parent().unwrap_or(Path::new(""));
        for link in links(&text).into_iter().filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { Path::new(&page).to_owned() } else { folder.join(file) };
            assert!(root().join(&target).exists(), "{page} leads to {link}, which is not there");
            let is_found = anchor.is_empty() || anchors(&read(&target.to_string_lossy())).iter().any(|known| known == anchor);
            assert!(is_found, "{page} leads to {link}, and that page has no such heading");
            // A book has its own pages and nothing of what stands around it.
            let is_inside = !page.starts_with("docs/") || !file.starts_with("../");
            assert!(is_inside, "{page} leads out of the book: {link}");
            seen += 1;
        }
    }
    assert!(seen >= 40, "only {seen} links were found");
}

#[test]
fn the_book_has_every_page() {
    let summary = read("docs/SUMMARY.md");
    let listed = links(&summary);
    let there: Vec<String> = pages().iter().filter_map(|page| Some(page.strip_prefix("docs/")?.to_owned())).collect();
    for page in there.iter().filter(|page| *page != "SUMMARY.md") {
        assert!(listed.contains(&page.as_str()), "docs/SUMMARY.md does not list {page}");
    }
}

/// A page that the program makes itself, which `BLESS=1` writes.
fn assert_made(page: &str, made: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(root().join(page), made).expect("files can be written");
    }
    assert!(read(page) == made, "{page} is out of date: `BLESS=1 cargo test --test it readme` writes it");
}

#[test]
fn the_page_of_commands_is_what_help_prints() {
    let help = output(root(), &["help"]);
    let commands = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("help lists the commands");
    let names = commands.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    let mut page =
        String::from("# Commands\n\nWhat `ingressc help COMMAND` prints. Results go to standard output, messages to standard error.\n");
    page += &format!("\n## ingressc\n\n```text\n{help}```\n");
    for name in names {
        page += &format!("\n## ingressc {name}\n\n```text\n{}```\n", output(root(), &["help", name]));
    }
    assert_made("docs/commands.md", &page);
}

#[test]
fn the_page_of_annotations_is_the_catalog() {
    let tables = output(root(), &["catalog", "--format", "markdown"]);
    let introduction = "# Annotations and ConfigMap keys\n\nWhat the last release of the controller knows. `ingressc catalog NAME` says more of one, and \
        `--controller` asks another release.\n\n";
    assert_made("docs/annotations.md", &format!("{introduction}{tables}"));
}

#[test]
fn the_picture_shows_what_is_printed() {
    let picture = read("docs/check.svg");
    let drawn = picture.split("<tspan").skip(1).filter_map(|rest| rest.split_once('>')?.1.split_once("</tspan>"));
    let drawn: String = drawn.map(|(text, _)| text.replace('\u{a0}', " ")).collect();
    let drawn = drawn.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let printed = output(examples().path(), &["check", "examples/mistakes"]);
    let help = "docs/check.svg is out of date: packaging/picture target/debug/ingressc check examples/mistakes > docs/check.svg";
    assert_eq!(drawn, format!("$ ingressc check examples/mistakes{}", printed.replace('\n', "")), "{help}");
}

#[test]
fn the_tables_of_releases_are_those_that_the_program_prints() {
    let tables = output(root(), &["releases", "--format", "markdown"]);
    let message = "docs/versions.md is out of date: `ingressc releases --format markdown` prints what belongs behind its introduction";
    assert!(read("docs/versions.md").ends_with(&format!("\n\n{tables}")), "{message}");
}

#[test]
fn the_table_of_rules_is_the_one_that_the_program_prints() {
    let tables = output(root(), &["rules", "--format", "markdown"]);
    let message = "docs/rules.md is out of date: `ingressc rules --format markdown` prints what belongs behind its introduction";
    assert!(read("docs/rules.md").ends_with(&format!("\n\n{tables}")), "{message}");
}

#[test]
fn the_table_of_advisories_is_the_one_that_the_program_prints() {
    let tables = output(root(), &["advisories", "--format", "markdown"]);
    let message = "docs/advisories.md is out of date: `ingressc advisories --format markdown` prints what belongs behind its introduction";
    assert!(read("docs/advisories.md").ends_with(&format!("\n\n{tables}")), "{message}");
}

#[test]
fn excerpts_are_in_the_files_that_they_name() {
    let mut seen = 0;
    for page in pages() {
        for Block { info, lines } in blocks(&read(&page)) {
            let Some((_, name)) = info.split_once(' ') else { continue };
            let text = read(name);
            let text: Vec<&str> = text.lines().collect();
            let anywhere = [&["..."], lines.as_slice(), &["..."]].concat();
            assert!(fits(&anywhere, &text), "{name} does not hold this excerpt of {page}:\n{}", lines.join("\n"));
            seen += 1;
        }
    }
    assert!(seen >= 1, "no guide shows a file");
}

/// The keys that a section of the settings file can have, as a refusal of another one lists them.
fn keys(folder: &Path, section: &str) -> Vec<String> {
    fs::write(folder.join("ingressc.toml"), format!("{section}\nnothing = 1\n")).expect("files can be written");
    let mut command = program(folder, &["render", "examples/shop", "--target", "ingress-nginx"]);
    let run = command.output().expect("the program starts");
    let refusal = String::from_utf8_lossy(&run.stderr).into_owned();
    let (_, list) = refusal.split_once("expected ").unwrap_or_else(|| panic!("{section}: {refusal}"));
    let list = list.lines().next().unwrap_or_default();
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_settings_file_is_accepted_and_shows_all_keys() {
    let page = read("docs/settings.md");
    let blocks = blocks(&page);
    let shown = blocks.iter().find(|block| block.info == "toml").expect("the page shows a settings file");
    let folder = examples();
    for section in ["", "[controller]", "[environment]", "[[suppress]]"] {
        let keys = keys(folder.path(), section);
        assert!(keys.len() >= 2, "{section}: {keys:?}");
        for key in keys {
            let is_there = |line: &&str| line.starts_with(&format!("{key} = ")) || line.trim_matches(['[', ']']) == key;
            assert!(shown.lines.iter().any(is_there), "the page does not show `{key}` of {section}");
        }
    }
    fs::write(folder.path().join("ingressc.toml"), shown.lines.join("\n")).expect("files can be written");
    let shop = output(folder.path(), &["render", "examples", "--target", "ingress-nginx", "-o", "out"]);
    assert!(shop.contains("1 suppressed") && !shop.contains("assumed-configmap"), "{shop}");
}

#[test]
fn the_schema_of_the_settings_file_has_its_keys() {
    let schema: serde_json::Value = serde_json::from_str(&read("docs/ingressc.schema.json")).expect("it is JSON");
    let folder = examples();
    for (section, at) in [
        ("", "/properties"),
        ("[controller]", "/properties/controller/properties"),
        ("[environment]", "/properties/environment/properties"),
        ("[[suppress]]", "/properties/suppress/items/properties"),
    ] {
        let properties = schema.pointer(at).and_then(serde_json::Value::as_object).expect("the section is there");
        let mut known: Vec<String> = properties.keys().cloned().collect();
        let mut keys = keys(folder.path(), section);
        known.sort();
        keys.sort();
        assert_eq!(known, keys, "docs/ingressc.schema.json: {section}");
    }
}

/// What stands between single backticks in a text without blocks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn tests_that_hold_a_promise_are_there() {
    let page = read("docs/security.md");
    let (_, table) = page.split_once("## How it is tested").expect("the page says how promises are tested");
    let (table, _) = table.split_once("\n## ").expect("something is not promised");
    let (mut file, mut seen) = (String::new(), 0);
    for name in quoted(table) {
        if let Some(path) = name.split(' ').next().filter(|path| ["tests/", "src/", "fuzz"].iter().any(|room| path.starts_with(room))) {
            assert!(root().join(path).exists(), "there is no {path}");
            file = if path.ends_with(".rs") { read(path) } else { String::new() };
        } else if name.contains('_') {
            assert!(file.contains(&format!("fn {name}(")), "the file that is named before `{name}` has no such test");
            seen += 1;
        } else if !name.starts_with("--") {
            assert!(root().join(format!("tests/traffic/scenarios/{name}.yaml")).exists(), "there is no scenario `{name}`");
        }
    }
    assert!(seen >= 10, "only {seen} tests are named");
}

#[test]
fn the_rendered_example_is_up_to_date() {
    let folder = examples();
    let made = folder.path().join("made");
    output(folder.path(), &["render", "examples/shop", "--target", "ingress-nginx", "-o", "made"]);
    for entry in fs::read_dir(made).expect("it was made").map(|entry| entry.expect("it can be read")) {
        let name = Path::new("examples/rendered/shop").join(entry.file_name());
        let made = fs::read_to_string(entry.path()).expect("it was just written");
        assert!(read(&name.to_string_lossy()) == made, "{} is out of date: CONTRIBUTING.md says how to bless it", name.display());
    }
}

#[test]
fn an_ellipsis_stands_for_any_lines() {
    let lines = ["a", "b", "c", "d"];
    for (shown, expected) in [
        (&["a", "b", "c", "d"][..], true),
        (&["..."], true),
        (&["a", "...", "d"], true),
        (&["...", "b", "c", "..."], true),
        (&["a", "...", "b", "c", "d"], true),
        (&["...", "d"], true),
        (&["a", "b"], false),
        (&["b", "..."], false),
        (&["...", "c"], false),
        (&["...", "c", "b", "..."], false),
        (&["...", "b", "...", "b", "..."], false),
        (&[], false),
    ] {
        assert_eq!(fits(shown, &lines), expected, "{shown:?}");
    }
    assert!(fits(&[], &[]) && fits(&["..."], &[]));
}
