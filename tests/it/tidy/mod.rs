//! The house keeps its shape: arrows run one way, only the command line touches the world, and nothing lies about.

mod documents;
mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use imports::Imports;

/// Which room may name which others. `nginx` reads the rendered text with `conf`, because it judges what nginx would get, and
/// holds facts about that program alone.
const ARROWS: &[(&str, &[&str])] = &[
    ("access_log", &[]),
    ("catalog", &["diagnostic", "ir", "source"]),
    ("cause", &["catalog", "diagnostic", "ir", "lower", "manifest", "source"]),
    ("check", &["compile", "diagnostic", "emit", "ir", "lint", "lower", "manifest", "source"]),
    (
        "cli",
        &[
            "access_log",
            "catalog",
            "cause",
            "check",
            "compare",
            "compile",
            "conf",
            "credentials",
            "diagnostic",
            "diff",
            "emit",
            "expect",
            "inventory",
            "ir",
            "lint",
            "lower",
            "manifest",
            "output",
            "prove",
            "replay",
            "route",
            "source",
        ],
    ),
    ("compare", &["catalog", "cause", "compile", "conf", "credentials", "diagnostic", "diff", "emit", "ir", "lower", "manifest", "source"]),
    ("compile", &["catalog", "conf", "diagnostic", "diff", "emit", "ir", "lower", "manifest", "source"]),
    ("conf", &["diagnostic", "source"]),
    ("credentials", &[]),
    ("diagnostic", &["credentials", "source"]),
    ("diff", &["conf", "credentials", "protection", "source"]),
    ("expect", &["credentials", "diagnostic", "manifest", "nginx", "route", "source"]),
    ("inventory", &["catalog", "check", "conf", "credentials", "diagnostic", "emit", "ir", "lower", "manifest", "source"]),
    ("ir", &["source"]),
    ("lint", &["catalog", "cause", "credentials", "diagnostic", "ir", "lower", "manifest", "nginx", "source"]),
    ("lower", &["catalog", "diagnostic", "ir", "manifest", "pool", "source"]),
    ("manifest", &["diagnostic", "source"]),
    ("nginx", &["conf", "source"]),
    (
        "output",
        &[
            "catalog",
            "compare",
            "conf",
            "credentials",
            "diagnostic",
            "diff",
            "expect",
            "inventory",
            "lint",
            "nginx",
            "protection",
            "prove",
            "replay",
            "route",
            "source",
        ],
    ),
    ("pool", &[]),
    ("protection", &["conf", "nginx", "source"]),
    ("prove", &["conf", "protection", "route"]),
    ("replay", &["access_log", "route"]),
    ("route", &["conf", "nginx", "pool", "source"]),
    ("source", &[]),
    ("emit", &["catalog", "diagnostic", "ir", "nginx"]),
];

/// Lines that a file may have: more hold more than one idea.
const LONGEST_FILE: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<PathBuf> {
    files(&root().join("src")).into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs")).collect()
}

/// The room of a source file; none for the two files on top of the house.
fn room(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root().join("src")).expect("it is a source");
    let first = inside.iter().next()?.to_str()?.trim_end_matches(".rs").to_owned();
    (!matches!(first.as_str(), "lib" | "main")).then_some(first)
}

/// The rooms that a line of code names.
fn named(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    let mut rooms = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(list) => rooms.extend(list.split([',', '}']).map(|item| item.trim().split("::").next().unwrap_or_default().to_owned())),
            None => rooms.push(rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default().to_owned()),
        }
    }
    rooms.retain(|room| ARROWS.iter().any(|(known, _)| known == room));
    rooms
}

#[test]
fn arrows_run_one_way() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> = ARROWS.iter().map(|(room, others)| (*room, others.iter().copied().collect())).collect();
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for path in sources() {
        let Some(room) = room(&path) else { continue };
        assert!(allowed.contains_key(room.as_str()), "{} is in a room that the table does not know", path.display());
        for (at, line) in read(&path).lines().enumerate() {
            for other in named(line).into_iter().filter(|other| *other != room) {
                if !allowed[room.as_str()].contains(other.as_str()) {
                    wrong.push(format!("{}:{}: `{room}` must not know `{other}`", path.display(), at + 1));
                }
                used.entry(room.clone()).or_default().insert(other);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (room, others) in &allowed {
        let of_room = used.remove(*room).unwrap_or_default();
        let idle: Vec<_> = others.iter().filter(|other| !of_room.contains(**other)).collect();
        assert!(idle.is_empty(), "`{room}` has arrows that nothing uses: {idle:?}");
    }
}

#[test]
fn the_table_of_arrows_has_no_circle() {
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    while settled.len() < ARROWS.len() {
        let next: Vec<&str> = ARROWS
            .iter()
            .filter(|(room, others)| !settled.contains(room) && others.iter().all(|other| settled.contains(other)))
            .map(|(room, _)| *room)
            .collect();
        assert!(
            !next.is_empty(),
            "these rooms form a circle: {:?}",
            ARROWS.iter().map(|(room, _)| room).filter(|room| !settled.contains(*room)).collect::<Vec<_>>()
        );
        settled.extend(next);
    }
}

#[test]
fn only_the_command_line_touches_the_world() {
    const DOORS: &[&str] =
        &["std::fs", "std::env", "std::process", "std::net::Tcp", "io::stdin", "io::stdout", "io::stderr", "println!", "eprintln!"];
    for path in sources() {
        let is_entrance = matches!(room(&path).as_deref(), None | Some("cli"));
        for (at, line) in read(&path).lines().enumerate().filter(|_| !is_entrance) {
            let code = line.split("//").next().unwrap_or_default();
            let door = DOORS.iter().find(|door| code.contains(**door));
            assert!(door.is_none(), "{}:{}: `{}` outside of `cli`", path.display(), at + 1, door.unwrap_or(&""));
        }
    }
}

#[test]
fn nothing_can_panic_without_a_reason() {
    for path in sources() {
        let text = read(&path);
        let is_test_file = path.file_name().is_some_and(|name| name == "tests.rs" || name == "fixture.rs");
        let production = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines: Vec<&str> = production.lines().collect();
        for (at, line) in lines.iter().enumerate().filter(|_| !is_test_file) {
            let panics =
                [".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("].iter().any(|word| line.contains(word));
            let above =
                lines[at.saturating_sub(3)..at].iter().any(|line| line.trim_start().starts_with("//") || line.contains("reason = "));
            let is_doc = line.trim_start().starts_with("//");
            assert!(
                !panics || above || is_doc || line.contains("// "),
                "{}:{}: it may panic, and no comment says why not",
                path.display(),
                at + 1
            );
        }
    }
}

#[test]
fn files_hold_one_idea() {
    for path in sources() {
        let lines = read(&path).lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines: split it by ideas", path.display());
    }
}

#[test]
fn nothing_is_left_for_later() {
    for path in sources() {
        for (at, line) in read(&path).lines().enumerate() {
            let mark = ["TODO", "FIXME", "XXX", "HACK"]
                .into_iter()
                .find(|mark| line.split(|c: char| !c.is_alphanumeric()).any(|word| word == *mark));
            assert!(mark.is_none(), "{}:{}: {mark:?}", path.display(), at + 1);
        }
    }
}

#[test]
fn every_file_is_part_of_the_program() {
    for path in sources().into_iter().filter(|path| !path.ends_with("src/lib.rs") && !path.ends_with("src/main.rs")) {
        let module = if path.ends_with("mod.rs") { path.parent().expect("it is in a folder").to_owned() } else { path.with_extension("") };
        let (folder, name) = (module.parent().expect("it is in a folder"), module.file_name().expect("it has a name").to_string_lossy());
        let owners = [folder.join("mod.rs"), folder.join("lib.rs"), folder.with_extension("rs")];
        let text: String = owners.iter().filter(|owner| owner.is_file()).map(|owner| read(owner)).collect();
        // It is declared, or in a list whose macro declares it.
        let is_named = text.lines().any(|line| line.ends_with(&format!("mod {name};")) || line.trim() == format!("{name},"));
        assert!(is_named, "{} is nobody's module: it is not compiled", path.display());
    }
}

#[test]
fn every_template_is_in_use() {
    let code: String = sources().iter().map(|path| read(path)).collect();
    let folder = root().join("templates");
    let templates = files(&folder);
    let texts: String = templates.iter().map(|path| read(path)).collect();
    for path in &templates {
        let name = path.strip_prefix(&folder).expect("it is a template").to_str().expect("names are UTF-8").replace('\\', "/");
        let quoted = format!("\"{name}\"");
        let mentions = code.matches(&quoted).count() + texts.matches(&quoted).count();
        assert!(code.contains(&quoted), "{name} is not registered");
        assert!(mentions >= 2, "{name} is registered, and nothing renders it");
    }
}

#[test]
fn every_dependency_is_in_use() {
    let manifest: toml::Table = read(&root().join("Cargo.toml")).parse().expect("Cargo.toml is TOML");
    let names = |key: &str| manifest[key].as_table().expect("it is a table").keys().map(|name| name.replace('-', "_")).collect::<Vec<_>>();
    let code: String = sources().iter().map(|path| read(path)).collect();
    for name in names("dependencies") {
        assert!(code.contains(&format!("{name}::")) || code.contains(&format!("use {name}")), "{name} is not used");
    }
    let tests: String = ["src", "tests", "benches"].iter().flat_map(|folder| files(&root().join(folder))).map(|path| read(&path)).collect();
    for name in names("dev-dependencies") {
        assert!(tests.contains(&format!("{name}::")), "{name} is not used in tests");
    }
}

#[test]
fn no_files_form_a_circle() {
    let root = root().join("src");
    let imports = Imports::of(&root, &sources().into_iter().map(|path| (path.clone(), read(&path))).collect::<Vec<_>>());
    let arrows = imports.arrows();
    let mut told = String::new();
    for circle in imports.circles() {
        told += &format!("{} files:\n", circle.len());
        for module in &circle {
            let others: Vec<_> = arrows[module].intersection(&circle).map(|other| other.join("/")).collect();
            told += &format!("  {} -> {}\n", imports.file(module).display(), others.join(", "));
        }
    }
    assert!(told.is_empty(), "these files name each other in a circle:\n{told}");
}
