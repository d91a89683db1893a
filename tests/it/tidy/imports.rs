//! Which file names what of which other: the paths of the sources, resolved.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// A module by its path below the crate: `["emit", "nginx", "lines"]`.
type Module = Vec<String>;

/// The code of the program, by module.
pub struct Imports {
    modules: BTreeMap<Module, Source>,
}

struct Source {
    path: PathBuf,
    /// The names that `use` brings in, and the path of each; a path that ends in `*` has that name.
    uses: Vec<(String, Vec<String>)>,
    /// Paths that stand in the code itself.
    paths: BTreeSet<Vec<String>>,
}

/// The code without tests and comments.
fn production(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect()
}

/// The paths of a tree as `a::{b, c::{self, d as e}}`, each with the name that it gets here.
fn spread(tree: &str, before: &[String], found: &mut Vec<(String, Vec<String>)>) {
    let tree = tree.trim();
    if let Some((head, list)) = tree.split_once('{') {
        let segments = head.split("::").map(str::trim).filter(|segment| !segment.is_empty()).map(str::to_owned);
        let before: Vec<String> = before.iter().cloned().chain(segments).collect();
        let list = list.trim_end().strip_suffix('}').unwrap_or(list);
        let (mut depth, mut start) = (0, 0);
        for (at, letter) in list.char_indices().chain([(list.len(), ',')]) {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    let item = list[start..at].trim();
                    if !item.is_empty() {
                        spread(item, &before, found);
                    }
                    start = (at + 1).min(list.len());
                }
                _ => {}
            }
        }
        return;
    }
    let (path, alias) = tree.split_once(" as ").map_or((tree, None), |(path, alias)| (path, Some(alias.trim())));
    let mut whole = before.to_vec();
    whole.extend(path.split("::").map(str::trim).filter(|segment| *segment != "self" || before.is_empty()).map(str::to_owned));
    let name = alias.unwrap_or_else(|| whole.last().map_or("", String::as_str)).to_owned();
    found.push((name, whole));
}

impl Source {
    fn new(path: &Path, text: &str) -> Self {
        static USE: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"(?m)^\s*(?:pub(?:\([^)]*\))? )?use ([^;]+);").expect("it is a pattern"));
        static PATH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[a-z_]+(?:::[A-Za-z_0-9]+)+").expect("it is a pattern"));
        let code = production(text);
        let mut uses = Vec::new();
        USE.captures_iter(&code).for_each(|found| spread(&found[1], &[], &mut uses));
        let rest = USE.replace_all(&code, "");
        let paths = PATH.find_iter(&rest).map(|found| found.as_str().split("::").map(str::to_owned).collect()).collect();
        Self { path: path.to_owned(), uses, paths }
    }
}

impl Imports {
    /// Of the sources below `root`, each with its text.
    pub fn of(root: &Path, files: &[(PathBuf, String)]) -> Self {
        let module = |path: &Path| -> Module {
            let inside = path.strip_prefix(root).expect("it is a source").with_extension("");
            let mut module: Module = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            module.pop_if(|last| matches!(last.as_str(), "mod" | "lib"));
            module
        };
        Self { modules: files.iter().map(|(path, text)| (module(path), Source::new(path, text))).collect() }
    }

    /// The module that defines what a path names, if it is one of ours.
    fn resolve(&self, here: &[String], path: &[String], depth: usize) -> Option<Module> {
        let mut at = here.to_vec();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => at.clear(),
            "self" => {}
            "super" => {
                at.pop()?;
            }
            // A module below this one, or what `use` brought in.
            first => {
                at.push(first.to_owned());
                if !self.modules.contains_key(&at) {
                    let (_, target) = self.modules.get(here)?.uses.iter().find(|(name, whole)| name == first && whole[0] != first)?;
                    let whole: Vec<String> = target.iter().chain(&path[1..]).cloned().collect();
                    return (depth < 8).then(|| self.resolve(here, &whole, depth + 1))?;
                }
            }
        }
        rest = &rest[1..];
        while let Some(next) = rest.first() {
            if next == "super" {
                at.pop()?;
            } else if self.modules.contains_key(&[at.as_slice(), std::slice::from_ref(next)].concat()) {
                at.push(next.clone());
            } else {
                break;
            }
            rest = &rest[1..];
        }
        // A name that the module only hands on.
        if let Some(name) = rest.first()
            && depth < 8
            && let Some((_, whole)) = self.modules.get(&at)?.uses.iter().find(|(known, _)| known == name)
        {
            return self.resolve(&at, whole, depth + 1).or(Some(at));
        }
        (!at.is_empty() && self.modules.contains_key(&at)).then_some(at)
    }

    /// For each module those that it names. What a module names of its own folder is its table of contents, and no arrow.
    pub fn arrows(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let of = |(here, source): (&'_ Module, &Source)| -> BTreeSet<Module> {
            let paths = source.uses.iter().map(|(_, path)| path).chain(&source.paths);
            paths.filter_map(|path| self.resolve(here, path, 0)).filter(|module| !module.starts_with(here)).collect()
        };
        self.modules.iter().map(|(here, source)| (here, of((here, source)))).collect()
    }

    /// The file of a module.
    pub fn file(&self, module: &Module) -> &Path {
        &self.modules[module].path
    }

    /// Groups of modules that name each other in a loop.
    pub fn circles(&self) -> Vec<BTreeSet<Module>> {
        let arrows = self.arrows();
        let reached = |from: &Module| -> BTreeSet<Module> {
            let mut seen = BTreeSet::new();
            let mut open: Vec<&Module> = arrows[from].iter().collect();
            while let Some(next) = open.pop() {
                if seen.insert(next.clone()) {
                    open.extend(&arrows[next]);
                }
            }
            seen
        };
        let reach: BTreeMap<&Module, BTreeSet<Module>> = arrows.keys().map(|module| (*module, reached(module))).collect();
        let mut circles: Vec<BTreeSet<Module>> = Vec::new();
        for (module, all) in &reach {
            if all.contains(*module) && circles.iter().all(|circle| !circle.contains(*module)) {
                circles.push(all.iter().filter(|other| reach[*other].contains(*module)).cloned().collect());
            }
        }
        circles
    }
}
