//! What carries the program to where people work: archives, the action, the template for GitLab and the hooks.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::Trial;
use serde_json::Value;
use tempfile::TempDir;

use crate::need::{Need, trial};
use crate::support::program::folder;

const INGRESS: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/allowlist-source-range: 192.0.2.0/24
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example], secretName: shop-tls}]
  rules:
  - host: shop.example
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
";
const PROGRAM: &str = env!("CARGO_BIN_EXE_ingressc");

pub fn trials() -> Vec<Trial> {
    let (python, git) = (Need::Program("python3"), Need::Program("git"));
    vec![
        trial("packaging::archive", &[python], archive),
        trial("packaging::action", &[git, Need::Program("bash")], action),
        trial("packaging::gitlab", &[git, Need::Program("bash")], gitlab),
        trial("packaging::pre-commit", &[git, Need::Program("pre-commit")], pre_commit),
        trial("packaging::npm", &[Need::Program("npm"), python], npm),
        trial("packaging::schemas", &[Need::Program("check-jsonschema")], schemas),
    ]
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn packaging(name: &str) -> PathBuf {
    root().join("packaging").join(name)
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The output of a command that has to succeed.
fn done(command: &mut Command) -> String {
    let ran = run(command);
    assert!(ran.status.success(), "{command:?}: {}{}", text(&ran.stdout), text(&ran.stderr));
    text(&ran.stdout)
}

/// A `PATH` on which the program stands first.
fn path(folder: &TempDir) -> String {
    let bin = folder.path().join(".bin");
    fs::create_dir_all(&bin).expect("folders can be made");
    symlink(PROGRAM, bin.join("ingressc")).expect("links can be made");
    format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default())
}

fn git(folder: &TempDir, args: &[&str]) -> String {
    let author = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"];
    done(Command::new("git").args(author).args(args).current_dir(folder.path()))
}

/// A repository with one manifest in its first commit.
fn repository() -> TempDir {
    let folder = folder(&[("deploy/web.yaml", INGRESS), (".gitignore", ".bin\n")]);
    git(&folder, &["init", "--quiet"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "--message", "Serve the shop"]);
    folder
}

fn archive() {
    let folder = folder(&[]);
    let pack = |name: &str| {
        let output = folder.path().join(name);
        let made = done(Command::new(packaging("archive")).args(["--binary", PROGRAM, "--output"]).arg(&output));
        PathBuf::from(made.trim_end())
    };
    let (one, other) = (pack("one"), pack("other"));
    assert!(
        fs::read(&one).expect("it was made") == fs::read(other).expect("it was made"),
        "two archives of one program are the same bytes"
    );
    let listed = done(Command::new("tar").arg("-tzf").arg(&one));
    let inside = |name: &str| listed.lines().any(|line| line.split_once('/').is_some_and(|(_, rest)| rest == name));
    for name in ["ingressc", "LICENSE-MIT", "completions/_ingressc", "man/ingressc.1", "man/ingressc-check.1"] {
        assert!(inside(name), "{name} is not in {listed}");
    }
    let sums = folder.path().join("one");
    done(Command::new("sh").args(["-c", "sha256sum --check *.sha256"]).current_dir(&sums));

    done(Command::new(packaging("manifests")).arg(&sums).arg("https://example.com/ingressc"));
    let digest = fs::read_to_string(one.with_file_name(format!("{}.sha256", one.file_name().expect("it has one").to_string_lossy())));
    let digest = digest.expect("it was made").split(' ').next().expect("it has one").to_owned();
    let formula = fs::read_to_string(sums.join("ingressc.rb")).expect("it was made");
    let plugin: Value =
        serde_json::from_str(&fs::read_to_string(sums.join("ingressc.krew.yaml")).expect("it was made")).expect("it is JSON");
    assert_eq!(plugin["spec"]["version"], format!("v{}", env!("CARGO_PKG_VERSION")));
    // Homebrew and krew get static programs; one that needs the libraries of a distribution is for nobody else.
    if listed.contains("-musl/") {
        assert!(formula.contains(&digest) && plugin["spec"]["platforms"][0]["sha256"] == digest, "{formula}\n{plugin}");
    }
}

/// Packages for npm of an archive: installed without a registry, the command is the program, with its exit codes and its streams.
fn npm() {
    let folder = folder(&[("bad.yaml", INGRESS.replace("allowlist-source-range", "allowlist-source-rnage").as_str())]);
    let (dist, packages, home) = (folder.path().join("dist"), folder.path().join("npm"), folder.path().join("home"));
    done(Command::new(packaging("archive")).args(["--binary", PROGRAM, "--output"]).arg(&dist));
    done(Command::new(packaging("npm")).arg(&dist).arg(&packages));
    let own = fs::read_dir(&packages).expect("they were made").map(|entry| entry.expect("it can be read").path());
    let own: Vec<PathBuf> = own.collect();
    assert_eq!(own.len(), 2, "the package, and the one for this machine");
    fs::create_dir(&home).expect("folders can be made");
    let npm = |args: &[&str], more: &[PathBuf]| {
        let mut command = Command::new("npm");
        done(command.args(args).args(more).current_dir(&home).env("HOME", &home))
    };
    let packed = npm(&["pack", "--silent"], &own);
    let packed: Vec<PathBuf> = packed.lines().map(|name| home.join(name)).collect();
    npm(&["install", "--silent", "--offline", "--no-audit", "--no-fund", "--global", "--prefix", "there"], &packed);
    let command = home.join("there/bin/ingressc");
    assert_eq!(done(Command::new(&command).arg("--version")), done(Command::new(PROGRAM).arg("--version")));
    let check = |program: &Path| run(Command::new(program).arg("check").arg("bad.yaml").current_dir(folder.path()));
    let (through, plain) = (check(&command), check(Path::new(PROGRAM)));
    assert_eq!(through.status.code(), Some(1), "{}", text(&through.stderr));
    assert_eq!((through.stdout, through.stderr), (plain.stdout, plain.stderr));

    let machine = own.iter().find(|package| !package.ends_with("ingressc")).expect("it was made");
    fs::remove_dir_all(home.join("there/lib/node_modules").join(machine.file_name().expect("it has one"))).expect("it was installed");
    let without = run(Command::new(&command).arg("--version"));
    assert_eq!((without.status.code(), text(&without.stdout)), (Some(2), String::new()));
    assert!(text(&without.stderr).contains("there is no package"), "{}", text(&without.stderr));
}

/// The steps of the action, as a runner calls them.
fn step(folder: &TempDir, name: &str, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = Command::new(packaging("action"));
    let runner = folder.path().join(".bin");
    command.arg(name).current_dir(folder.path()).env_clear().env("PATH", path(folder)).env("HOME", folder.path());
    command.env("GITHUB_STEP_SUMMARY", runner.join("summary")).env("GITHUB_PATH", runner.join("path"));
    let ran = run(command.envs(variables.iter().copied()));
    fs::remove_file(runner.join("ingressc")).expect("it was made");
    (ran.status.code(), text(&ran.stdout) + &text(&ran.stderr))
}

fn action() {
    let folder = repository();
    let (code, said) = step(&folder, "install", &[]);
    assert!(code == Some(0) && said.contains(env!("CARGO_PKG_VERSION")), "what is there is taken: {said}");
    let (code, said) = step(&folder, "install", &[("INGRESSC_VERSION", "latest")]);
    assert!(code == Some(2) && said.contains("`latest` is no release"), "{said}");

    let base = git(&folder, &["rev-parse", "HEAD"]);
    let without = INGRESS.replace("    nginx.ingress.kubernetes.io/allowlist-source-range: 192.0.2.0/24\n", "    example.com/team: shop\n");
    fs::write(folder.path().join("deploy/web.yaml"), &without).expect("files can be written");
    let gh = "#!/bin/sh\nprintf '%s\\n' \"$*\" >> gh.log\nfor last; do :; done\ncat \"$last\" >> gh.log\n";
    fs::create_dir_all(folder.path().join(".bin")).expect("folders can be made");
    fs::write(folder.path().join(".bin/gh"), gh).expect("files can be written");
    done(Command::new("chmod").arg("+x").arg(folder.path().join(".bin/gh")));
    let variables = [
        ("INGRESSC_PATHS", "deploy"),
        ("INGRESSC_SARIF", "found.sarif"),
        ("INGRESSC_COMMENT", "true"),
        ("INGRESSC_PULL_REQUEST", "7"),
        ("INGRESSC_BASE", base.trim_end()),
    ];
    let (code, said) = step(&folder, "run", &variables);
    assert_eq!(code, Some(0), "{said}");
    let comment = fs::read_to_string(folder.path().join("gh.log")).expect("gh was called");
    for told in [
        "pr comment 7 --edit-last --create-if-none",
        "What changes in the running configuration",
        "list of allowed addresses",
        "deploy/web.yaml",
    ] {
        assert!(comment.contains(told), "{told}: {comment}");
    }
    assert!(comment.lines().skip(1).all(|line| !line.contains("/tmp")), "nobody else has the folder of the base: {comment}");
    let sarif: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("found.sarif")).expect("it was made")).expect("it is JSON");
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(git(&folder, &["worktree", "list"]).lines().count(), 1, "nothing is left behind");

    // Golden files that are out of date, and findings, fail the step.
    let render = ["render", "deploy", "--target", "ingress-nginx", "-o", "golden", "--quiet"];
    done(Command::new(PROGRAM).args(render).current_dir(folder.path()));
    let (code, said) = step(&folder, "run", &[("INGRESSC_PATHS", "deploy"), ("INGRESSC_GOLDEN", "golden")]);
    assert_eq!(code, Some(0), "{said}");
    fs::write(folder.path().join("deploy/web.yaml"), INGRESS).expect("files can be written");
    let (code, said) = step(&folder, "run", &[("INGRESSC_PATHS", "deploy"), ("INGRESSC_GOLDEN", "golden")]);
    assert!(code == Some(1) && said.contains("golden is out of date"), "{said}");
    let bad = INGRESS.replace("allowlist-source-range: 192.0.2.0/24", "auth-tipe: basic");
    fs::write(folder.path().join("deploy/web.yaml"), bad).expect("files can be written");
    let (code, said) = step(&folder, "run", &[("INGRESSC_PATHS", "deploy"), ("INGRESSC_ARGS", "--deny warning")]);
    assert!(code == Some(1) && said.contains("::") && said.contains("file=deploy/web.yaml,line=7"), "{said}");
}

/// The lines of the job's script, with the inputs that a project gives.
fn gitlab() {
    let template = fs::read_to_string(packaging("gitlab-ci.yml")).expect("it is there");
    let (_, job) = template.split_once("\n---\n").expect("inputs stand before the job");
    let job: Value = serde_yaml::from_str(job).expect("it is YAML");
    let script: Vec<&str> = job["ingressc"]["script"].as_array().expect("it has one").iter().filter_map(Value::as_str).collect();
    assert_eq!(script.len(), 3, "{script:?}");
    let folder = repository();
    let run = |golden: &str| {
        let mut shell = Command::new("bash");
        shell.args(["-e", "-c", &script.join("\n")]).current_dir(folder.path()).env("PATH", path(&folder));
        let ran = run(shell.env("INGRESSC_PATHS", "deploy").env("INGRESSC_GOLDEN", golden));
        fs::remove_file(folder.path().join(".bin/ingressc")).expect("it was made");
        ran.status.code()
    };
    assert_eq!(run(""), Some(0));
    let report = fs::read_to_string(folder.path().join("gl-code-quality-report.json")).expect("it was made");
    assert!(serde_json::from_str::<Value>(&report).expect("it is JSON").is_array());
    assert_eq!(run("nowhere"), Some(1), "golden files that are not there are not equal");
    let bad = INGRESS.replace("spec:", "speck:");
    fs::write(folder.path().join("deploy/web.yaml"), bad).expect("files can be written");
    assert_eq!(run(""), Some(1));
}

/// The hooks as they are, but with the program that is there in place of one that pre-commit would build for minutes.
fn pre_commit() {
    let hooks = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).expect("it is there");
    assert_eq!(hooks.matches("language: rust").count(), 2);
    let source = folder(&[(".pre-commit-hooks.yaml", &hooks.replace("language: rust", "language: system"))]);
    git(&source, &["init", "--quiet"]);
    git(&source, &["add", "."]);
    git(&source, &["commit", "--quiet", "--message", "Add the hooks"]);

    let folder = repository();
    let path = path(&folder);
    let hook = |id: &str| {
        let mut command = Command::new("pre-commit");
        command.args(["try-repo"]).arg(source.path()).args([id, "--all-files", "--verbose"]).current_dir(folder.path());
        let ran = run(command.env("PATH", &path).env("PRE_COMMIT_HOME", folder.path().join(".bin/cache")));
        (ran.status.code(), text(&ran.stdout) + &text(&ran.stderr))
    };
    let (code, said) = hook("ingressc-check");
    assert_eq!(code, Some(0), "{said}");
    let misspelt = INGRESS.replace("allowlist-source-range", "allowlist-source-ranges");
    fs::write(folder.path().join("deploy/web.yaml"), misspelt).expect("files can be written");
    let (code, said) = hook("ingressc-check");
    assert!(code == Some(1) && said.contains("deploy/web.yaml:7:"), "{said}");
    let (code, said) = hook("ingressc-fix");
    assert_eq!(code, Some(1), "pre-commit fails where a hook has changed a file: {said}");
    assert_eq!(fs::read_to_string(folder.path().join("deploy/web.yaml")).expect("it is there"), INGRESS);
}

/// The schemas, on what they are for: real manifests and the settings that the guide shows.
fn schemas() {
    let folder = folder(&[]);
    let schema = done(Command::new(PROGRAM).args(["catalog", "--format", "manifest-schema"]));
    fs::write(folder.path().join("manifests.json"), schema).expect("files can be written");
    let check = |schema: &Path, file: &Path| {
        let ran = run(Command::new("check-jsonschema").arg("--schemafile").arg(schema).arg(file));
        (ran.status.success(), text(&ran.stdout) + &text(&ran.stderr))
    };
    let manifests = folder.path().join("manifests.json");
    for name in ["ingress.yaml", "services.yaml", "controller.yaml", "endpoints.yaml"] {
        // One document at a time: that is what an editor checks.
        let all = fs::read_to_string(root().join("examples/shop").join(name)).expect("it is there");
        for document in all.split("\n---\n") {
            fs::write(folder.path().join("in.yaml"), document).expect("files can be written");
            let (is_valid, said) = check(&manifests, &folder.path().join("in.yaml"));
            assert!(is_valid, "{name}: {said}");
        }
    }
    let (is_valid, said) = check(&manifests, &root().join("examples/mistakes/cart.yaml"));
    assert!(!is_valid && said.contains("rate-limit"), "{said}");

    let page = fs::read_to_string(root().join("docs/settings.md")).expect("it is there");
    let (_, shown) = page.split_once("```toml\n").expect("the page shows the settings");
    let (shown, _) = shown.split_once("```").expect("the block ends");
    let settings = root().join("docs/ingressc.schema.json");
    for (text, expected) in [(shown, true), ("[controller]\nversoin = \"1.15.1\"\n", false), ("[[suppress]]\nrule = \"x\"\n", false)] {
        fs::write(folder.path().join("in.toml"), text).expect("files can be written");
        let (is_valid, said) = check(&settings, &folder.path().join("in.toml"));
        assert_eq!(is_valid, expected, "{said}");
    }
}
