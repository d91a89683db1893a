//! The program as people run it: exit codes, streams and files.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::program::{Run, folder};

const INGRESS: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
";

const FILES: [&str; 5] = ["backends.json", "certificates.json", "lua.json", "nginx.conf", "streams.json"];

fn run(folder: &Path, args: &[&str]) -> Run {
    crate::support::program::run(folder, args, "")
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder).expect("it is a folder").map(|entry| entry.expect("it can be read").file_name()).collect();
    names.sort();
    names.into_iter().map(|name| name.to_string_lossy().into_owned()).collect()
}

const RENDER: [&str; 4] = ["render", "in.yaml", "--target", "ingress-nginx"];

fn render<'a>(more: &[&'a str]) -> Vec<&'a str> {
    RENDER.iter().chain(more).copied().collect()
}

#[test]
fn the_configuration_goes_to_standard_output() {
    let folder = folder(&[("in.yaml", INGRESS)]);
    let run = run(folder.path(), &render(&[]));
    assert!(run.code.is_some_and(|code| code <= 1) && !run.stdout.is_empty(), "{run:?}");
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let folder = folder(&[("in.yaml", INGRESS)]);
    let from_file = run(folder.path(), &render(&[]));
    let from_input = crate::support::program::run(folder.path(), &["render", "-", "--target", "ingress-nginx"], INGRESS);
    assert_eq!((from_input.code, from_input.stdout), (from_file.code, from_file.stdout));
}

#[test]
fn the_order_of_arguments_does_not_matter() {
    let other = INGRESS.replace("web", "api");
    let folder = folder(&[("a/in.yaml", INGRESS), ("b/in.yaml", &other)]);
    let [one, two, all] = [&["a", "b"][..], &["b", "a/in.yaml", "b/in.yaml"], &["."]]
        .map(|paths| run(folder.path(), &[&["render", "--target", "ingress-nginx"], paths].concat()));
    assert_eq!((&one.stdout, &one.stderr), (&two.stdout, &two.stderr));
    assert_eq!((&one.stdout, &one.stderr), (&all.stdout, &all.stderr));
}

#[test]
fn a_folder_gets_all_files_and_keeps_the_others() {
    let folder = folder(&[("in.yaml", INGRESS), ("out/new/mine.txt", "mine")]);
    let written = run(folder.path(), &render(&["-o", "out/new"]));
    assert!(written.code.is_some_and(|code| code <= 1) && written.stdout.is_empty(), "{written:?}");
    let mut expected: Vec<&str> = FILES.to_vec();
    expected.insert(3, "mine.txt");
    assert_eq!(names(&folder.path().join("out/new")), expected);
    let first = fs::read_to_string(folder.path().join("out/new/nginx.conf")).expect("it was written");
    assert_eq!(first, run(folder.path(), &render(&[])).stdout);
}

#[test]
#[cfg(unix)]
fn secrets_are_written_when_asked_for_and_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder(&[("in.yaml", INGRESS)]);
    let nginx = ["render", "in.yaml", "--target", "nginx", "--split-hosts", "--nginx-version", "1.29.3", "-o", "out"];
    run(folder.path(), &nginx);
    assert_eq!(names(&folder.path().join("out")), ["hosts", "nginx.conf"]);
    let host = fs::read_to_string(folder.path().join("out/hosts/_others.conf")).expect("it was written");
    assert!(host.contains("http2 on;") && !host.contains("ssl http2"), "{host}");

    run(folder.path(), &[&nginx[..], &["--write-secrets"]].concat());
    let certificate = folder.path().join("out/tls/default.pem");
    let mode = fs::metadata(&certificate).expect("it was written").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let first = fs::read_to_string(&certificate).expect("it can be read");
    run(folder.path(), &[&nginx[..], &["--write-secrets"]].concat());
    assert_eq!(fs::read_to_string(&certificate).ok(), Some(first), "a certificate that is there stays");
}

#[test]
fn check_compares_and_writes_nothing() {
    let folder = folder(&[("in.yaml", INGRESS)]);
    let missing = run(folder.path(), &render(&["-o", "out", "--check"]));
    assert_eq!(missing.code, Some(1));
    assert!(missing.stdout.starts_with("out/nginx.conf cannot be read: "), "{missing:?}");
    assert!(!folder.path().join("out").exists());

    let written = run(folder.path(), &render(&["-o", "out"]));
    let equal = run(folder.path(), &render(&["-o", "out", "--check"]));
    assert_eq!((equal.code, equal.stdout.as_str()), (written.code, ""));

    let path = folder.path().join("out/lua.json");
    fs::write(&path, "old\u{1b}[2J\n").expect("files can be written");
    let different = run(folder.path(), &render(&["-o", "out", "--check"]));
    assert_eq!(different.code, Some(1));
    assert!(different.stdout.starts_with("out/lua.json differs:\n@@ line 1 @@\n"), "{different:?}");
    assert!(different.stdout.contains("\n- old\\u{1b}[2J\n"), "{different:?}");
    assert_eq!(fs::read_to_string(&path).ok().as_deref(), Some("old\u{1b}[2J\n"));
}

#[test]
fn check_compares_by_meaning() {
    let folder = folder(&[("in.yaml", INGRESS)]);
    run(folder.path(), &render(&["-o", "out"]));
    let path = folder.path().join("out/nginx.conf");
    let written = fs::read_to_string(&path).expect("files can be read");

    fs::write(&path, format!("# another hand\n{}", written.replace('\t', "  "))).expect("files can be written");
    let equal = run(folder.path(), &render(&["-o", "out", "--check"]));
    assert_eq!(equal.stdout, "");

    fs::write(&path, written.replacen("client_max_body_size                    1m", "client_max_body_size 8m", 1))
        .expect("files can be written");
    let different = run(folder.path(), &render(&["-o", "out", "--check"]));
    assert_eq!(different.code, Some(1));
    assert!(different.stdout.starts_with("out/nginx.conf differs:\nhttp > server _ > location /\n"), "{different:?}");
    assert!(different.stdout.contains("\n  - client_max_body_size 8m;\n  + client_max_body_size 1m;\n"), "{different:?}");
}

#[test]
fn check_needs_a_folder() {
    let run = run(&std::env::temp_dir(), &render(&["--check"]));
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("--output"), "{run:?}");
}

#[cfg(unix)]
#[test]
fn a_link_in_the_folder_is_not_followed() {
    let folder = folder(&[("in.yaml", INGRESS), ("victim", "mine"), ("out/x", "")]);
    std::os::unix::fs::symlink("../victim", folder.path().join("out/nginx.conf")).expect("links can be made");
    let run = run(folder.path(), &render(&["-o", "out"]));
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.starts_with("error: cannot write `out/nginx.conf`: it is a link"), "{run:?}");
    assert_eq!(fs::read_to_string(folder.path().join("victim")).ok().as_deref(), Some("mine"));
}

#[test]
fn what_cannot_be_read_is_told_of_each_and_nothing_is_made_of_the_others() {
    let folder = folder(&[("in.yaml", INGRESS), ("bad.yaml", "")]);
    fs::write(folder.path().join("bad.yaml"), b"\xff\xfea\0").expect("files can be written");
    let run = run(folder.path(), &render(&["gone\u{1b}[2J.yaml", "bad.yaml", "-o", "out"]));
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("error[unreadable-input]: `gone\\u{1b}[2J.yaml` cannot be read: No such file"), "{run:?}");
    assert!(run.stderr.contains("error[unreadable-input]: `bad.yaml` is UTF-16 text"), "{run:?}");
    assert!(!folder.path().join("out").exists(), "what is made of a part of the input is not written");
    let shown = crate::support::program::run(folder.path(), &render(&["bad.yaml"]), "");
    assert!(shown.code == Some(2) && shown.stdout.is_empty(), "{shown:?}");
}

#[test]
fn check_is_about_the_files_alone() {
    let bad = INGRESS.replace("metadata:", "metadata:\n  annotations: {nginx.ingress.kubernetes.io/proxy-body-size: '8 m;'}");
    let folder = folder(&[("in.yaml", &bad)]);
    let check = |more: &[&str]| run(folder.path(), &render(&[&["-o", "out"], more].concat())).code;
    assert_eq!(check(&[]), Some(1), "an error is found");
    assert_eq!(check(&["--check"]), Some(0));
    assert_eq!(check(&["--check", "--deny", "error"]), Some(1));
    fs::write(folder.path().join("out/lua.json"), "{}").expect("files can be written");
    assert_eq!(check(&["--check"]), Some(1));
    assert_eq!(check(&["--deny", "error"]), Some(2), "without --check it says nothing new");
}

#[test]
fn empty_standard_input_is_a_mistake_and_nothing_is_made_of_it() {
    let tests = "hosts: {shop.example.com: [{request: GET /, expect: {status: 200}}]}\n";
    let folder = folder(&[("in.yaml", INGRESS), ("live.conf", "http { server { listen 80; } }\n"), ("log", ""), ("tests.yaml", tests)]);
    for input in ["", " \n\n"] {
        for line in [
            "render - --target ingress-nginx",
            "render - --target nginx",
            "render - --target haproxy",
            "render - --target ingress-nginx --origins=json",
            "render - --target ingress-nginx -o out",
            "diff --base - --head in.yaml",
            "diff --base in.yaml --head - --format json",
            "diff - --live live.conf",
            "diff - --from-version 1.12.2 --to-version 1.14.1",
            "prove --base in.yaml --head -",
            "routes - --format csv",
            "explain http://shop.example.com/ -",
            "test - in.yaml",
            "test tests.yaml -",
            "test - - --generate",
            "replay - in.yaml --log-format combined --host shop.example.com",
            "replay log --base - --head in.yaml --host shop.example.com",
        ] {
            let args: Vec<&str> = line.split(' ').collect();
            let run = crate::support::program::run(folder.path(), &args, input);
            assert!(run.code == Some(2) && run.stdout.is_empty() && run.stderr.contains("` is empty"), "{line}: {run:?}");
        }
        let checked = crate::support::program::run(folder.path(), &["check", "-"], input);
        assert!(checked.code == Some(2) && checked.stdout.contains("`<stdin>` is empty"), "{checked:?}");
    }
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_folder_without_manifests_is_no_success() {
    let folder = folder(&[("README.md", "")]);
    let run = run(folder.path(), &["render", ".", "--target", "ingress-nginx"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("`.` holds no manifests"), "{run:?}");
}

#[test]
fn settings_are_found_up_to_the_root_of_the_repository() {
    let bad = "[environment]\nprocesors = 3\n";
    let folder = folder(&[("ingressc.toml", bad), ("repo/in.yaml", INGRESS), ("repo/a/b/in.yaml", INGRESS)]);
    fs::create_dir(folder.path().join("repo/.git")).expect("folders can be made");
    let above = run(&folder.path().join("repo/a"), &["render", "b", "--target", "ingress-nginx"]);
    assert!(above.code.is_some_and(|code| code <= 1), "{above:?}");

    fs::rename(folder.path().join("ingressc.toml"), folder.path().join("repo/ingressc.toml")).expect("files can be moved");
    let within = run(&folder.path().join("repo/a/b"), &render(&[]));
    assert_eq!((within.code, within.stdout.as_str()), (Some(2), ""));
    for part in ["error[bad-settings]: unknown field `procesors`", "--> ../../ingressc.toml:2:1", "2 | procesors = 3", "^^^^^^^^^"] {
        assert!(within.stderr.contains(part), "{part}: {within:?}");
    }
}

#[test]
fn a_settings_file_that_is_named_must_be_there() {
    let folder = folder(&[("in.yaml", INGRESS)]);
    let run = run(folder.path(), &render(&["--config", "none.toml"]));
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.starts_with("error: the settings file `none.toml` cannot be read: "), "{run:?}");
}

#[test]
fn levels_and_suppressions_decide_what_counts() {
    let folder = folder(&[("in.yaml", INGRESS)]);
    let unknown = render(&["--controller-arg=--frobnicate"]);
    let refused = run(folder.path(), &unknown);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("error[unknown-argument]: the controller has no argument `--frobnicate`"), "{refused:?}");

    fs::write(folder.path().join("ingressc.toml"), "[rules]\nunknown-argument = \"warning\"\n").expect("files can be written");
    let warned = run(folder.path(), &unknown);
    assert_eq!(warned.code, Some(0));
    assert!(warned.stderr.contains("warning[unknown-argument]"), "{warned:?}");
    assert!(!run(folder.path(), &[&unknown[..], &["-q"]].concat()).stderr.contains("unknown-argument"));

    let suppression = "[[suppress]]\nrule = \"unknown-argument\"\nreason = \"a fork knows it\"\n";
    fs::write(folder.path().join("ingressc.toml"), suppression).expect("files can be written");
    assert!(!run(folder.path(), &unknown).stderr.contains("unknown-argument"));
}

#[test]
fn arguments_in_the_settings_file_are_shown_where_they_stand() {
    let folder = folder(&[("in.yaml", INGRESS), ("ingressc.toml", "[controller]\nargs = [\"--ingres-class=x\"]\n")]);
    let run = run(folder.path(), &render(&[]));
    for part in ["--> ingressc.toml:2:9", "did you mean `--ingress-class`?"] {
        assert!(run.stderr.contains(part), "{part}: {run:?}");
    }
}

#[test]
fn mistakes_on_the_command_line_get_a_suggestion() {
    let folder = folder(&[("in.yaml", INGRESS)]);
    for (args, hint) in [
        (render(&["--confg=x"]), "--config"),
        (vec!["rendr"], "render"),
        (vec!["render", "in.yaml", "--target", "ingress-nginks"], "ingress-nginx"),
        (vec!["render", "in.yaml"], "--target"),
        (render(&["--controller=latest"]), "1.15.1"),
        (render(&["--configmap=settings"]), "a slash"),
        (vec!["man", "rendr"], "there is no command"),
        (vec![], "Usage"),
    ] {
        let run = run(folder.path(), &args);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(run.stderr.contains(hint), "{args:?}: {run:?}");
    }
}

#[test]
fn help_goes_to_standard_output_and_has_examples() {
    let folder = folder(&[]);
    for args in [&["--help"][..], &["-h"], &["render", "--help"], &["completions", "--help"], &["man", "--help"]] {
        let run = run(folder.path(), args);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{args:?}");
        assert!(run.stdout.contains("Examples:\n  ingressc "), "{args:?}: {}", run.stdout);
    }
    assert_eq!(run(folder.path(), &["--version"]).stdout, format!("ingressc {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn completions_and_manual_pages_know_the_options() {
    let folder = folder(&[]);
    for args in [&["completions", "bash"][..], &["completions", "zsh"], &["completions", "fish"], &["man", "render"]] {
        let run = run(folder.path(), args);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{args:?}");
        assert!(run.stdout.contains("configmap"), "{args:?}");
    }
    let page = run(folder.path(), &["man"]).stdout;
    assert!(page.contains("ingressc\\-render(1)") && page.contains("Examples:"), "{page}");
}

#[test]
fn colours_are_for_those_who_see_them() {
    let folder = folder(&[]);
    let args = ["render", "none.yaml", "--target", "ingress-nginx"];
    assert!(!run(folder.path(), &args).stderr.contains('\u{1b}'));
    assert!(run(folder.path(), &[&args[..], &["--color", "always"]].concat()).stderr.contains("\u{1b}["));
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let folder = folder(&[("in.yaml", INGRESS)]);
    let before = run(folder.path(), &render(&[]));
    for args in [&render(&[])[..], &["completions", "zsh"], &["man"], &["--help"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ingressc"));
        command.args(args).current_dir(folder.path()).env_clear();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        drop(child.stdout.take());
        let after = child.wait_with_output().expect("the program ends");
        let (code, said) = if args[0] == "render" { (before.code, before.stderr.as_str()) } else { (Some(0), "") };
        assert_eq!((after.status.code(), &*String::from_utf8_lossy(&after.stderr)), (code, said), "{args:?}");
    }
}

#[test]
fn it_starts_at_once() {
    let folder = folder(&[]);
    let started = Instant::now();
    for _ in 0..10 {
        run(folder.path(), &["--version"]);
    }
    // Far above what it takes, so that a busy machine is no failure; what reads or compiles tables at the start is above.
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[test]
fn a_rule_is_explained_by_either_command() {
    let folder = folder(&[]);
    let page = run(folder.path(), &["rules", "unknown-annotation"]);
    let explained = run(folder.path(), &["check", "--explain", "unknown-annotation"]);
    assert_eq!((page.code, &page.stdout), (Some(0), &explained.stdout));
    let misspelt = run(folder.path(), &["check", "--explain", "unknown-anotation"]);
    assert!(misspelt.code == Some(2) && misspelt.stderr.contains("did you mean `unknown-annotation`"), "{misspelt:?}");
}
