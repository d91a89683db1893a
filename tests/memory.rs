//! How much memory a run takes for what it reads and writes: counted, not timed.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "support/growing.rs"]
mod growing;

use allocation_counter::{AllocationInfo, measure};
use growing::{anchors, asked, asking, canaries, cors, endpoints, hosts, keys, one_host, paths, ports, tiny_hosts};
use ingressc::catalog::flags::Flags;
use ingressc::catalog::releases::LATEST;
use ingressc::compare::{Comparison, Rest, Side, rest};
use ingressc::compile::{Circumstances, Declared, Input, Lua, Written};
use ingressc::conf::{self, Tree};
use ingressc::emit::{self, IngressNginx, Options, OutputFile, Sink};
use ingressc::lint::{self, Judgement, Subject};
use ingressc::lower::{self, Controller, Environment};
use ingressc::manifest;
use ingressc::prove::prove;
use ingressc::route::{Alike, Config, Dynamic, Limits, Portions, is_host_alike};
use ingressc::source::{SourceMap, Span};

/// What is done with manifests.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Task {
    Render(&'static str),
    Check,
}

/// Counts the bytes that are written, and keeps none.
struct Counted(u64);

impl Sink for Counted {
    fn begin(&mut self, _: &'static str) -> bool {
        true
    }

    fn part(&mut self, text: &str) {
        self.0 += text.len() as u64;
    }

    fn files(&mut self, files: Vec<OutputFile>) {
        files.iter().for_each(|file| self.part(&file.content));
    }
}

/// What it takes, and the bytes that come of it.
fn run(text: &str, task: Task) -> (AllocationInfo, u64) {
    let mut written = 0;
    let info = measure(|| {
        let mut sources = SourceMap::default();
        sources.add("in.yaml", text);
        let cluster = manifest::load(&mut sources);
        let flags = Flags::parse(LATEST, [("--configmap=ingress-nginx/ingress-nginx-controller", None)]).value;
        let controller = Controller { version: LATEST, flags, environment: Environment::default() };
        let proxy = lower::lower(&cluster.value, &controller).value;
        let options = Options::default();
        let target = emit::find("ingress-nginx").expect("it is a target");
        if let Task::Render(target) = task {
            // What was read is given up before it is written.
            drop(cluster);
            let target = emit::find(target).expect("it is a target");
            let mut counted = Counted(0);
            let _ = target.write(&proxy, &options, &mut counted);
            written = counted.0;
            return;
        }
        let judgement = Judgement::of(&proxy, |as_a_whole, reader| {
            assert!(!as_a_whole, "its parts have nothing to do with each other");
            target.render_for_checks(&proxy, &options, reader);
        });
        let _ = lint::check(&Subject { cluster: &cluster.value, controller: &controller, proxy: &proxy, judgement: &judgement, now: None });
    });
    (info, written)
}

#[test]
fn memory_grows_with_what_is_read_and_written() {
    // Allocations are counted for one thread.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().expect("a thread is there");
    pool.install(|| {
        let pattern = asked("use-regex: 'true'");
        let paths_asking = |count: usize, annotations: &str| paths(count, &asked(annotations), "", "Prefix");
        // The shape, how often its part is repeated, and the bytes that each byte of it may take.
        type Shape<'a> = (&'static str, usize, u64, &'a dyn Fn(usize) -> String);
        let shapes: [Shape; 20] = [
            ("hosts", 1000, 12, &hosts),
            ("one host", 1000, 12, &one_host),
            ("canaries", 1000, 13, &canaries),
            ("paths", 1000, 16, &|count| paths(count, "", "", "Prefix")),
            ("patterns", 1000, 14, &|count| paths(count, &pattern, "/[a-z]+", "ImplementationSpecific")),
            ("endpoints", 1000, 18, &endpoints),
            // Several times as many as the API server takes in one slice: a list that grows has up to twice the room that it needs.
            ("many endpoints", 8000, 28, &endpoints),
            ("keys", 1000, 20, &keys),
            ("tiny hosts", 1000, 17, &tiny_hosts),
            ("ports", 300, 14, &ports),
            ("anchors", 5000, 19, &anchors),
            ("cors", 300, 16, &cors),
            ("hosts with cors", 300, 16, &|count| asking(count, "enable-cors: 'true'")),
            ("hosts with a service", 300, 15, &|count| asking(count, "auth-url: 'http://a.example.com/check'")),
            ("hosts with passwords", 300, 15, &|count| asking(count, "auth-type: basic, auth-secret: users")),
            ("hosts with addresses", 300, 16, &|count| asking(count, "allowlist-source-range: '10.0.0.0/8'")),
            ("hosts with rates", 300, 20, &|count| asking(count, "limit-rps: '5'")),
            ("paths with cors", 300, 16, &|count| paths_asking(count, "enable-cors: 'true'")),
            ("paths with a service", 300, 16, &|count| paths_asking(count, "auth-url: 'http://a.example.com/check'")),
            ("paths with rates", 300, 16, &|count| paths_asking(count, "limit-rps: '5'")),
        ];
        let mut wrong = Vec::new();
        for task in [Task::Render("ingress-nginx"), Task::Render("nginx"), Task::Render("haproxy"), Task::Check] {
            run(&hosts(1), task);
            for (name, count, factor, text) in shapes {
                // What is told of one target holds for the others in smaller.
                let count = if matches!(task, Task::Render("nginx" | "haproxy")) { count / 2 } else { count };
                let (once, twice) = (text(count), text(2 * count));
                let (few, written_of_few) = run(&once, task);
                let (many, written) = run(&twice, task);
                // The controller writes all ports of a Service beside each upstream of it: that takes its steps.
                let is_written_out = 10 * written > 22 * written_of_few;
                // What is there whatever the input, as tables, is there both times.
                let (read, written) = ((twice.len() - once.len()) as u64, written - written_of_few);
                let taken = many.bytes_max.saturating_sub(few.bytes_max);
                // This target looks at all of its text before it writes any. What each Ingress brings for all hosts, as the maps of its
                // own origins, is there once more while that is judged.
                let held = match (task, name) {
                    (Task::Render("nginx"), "cors") => 4 * written,
                    (Task::Render("nginx"), _) => written,
                    (Task::Render(_) | Task::Check, _) => 0,
                };
                let about = format!("{task:?} of {name}: {read} bytes read, {written} written, {taken} taken: {few:?}, {many:?}");
                // What holds for all hosts is judged once more with each portion of them.
                let grows = 10 * many.bytes_max > 22 * few.bytes_max || !is_written_out && 10 * many.count_total > 24 * few.count_total;
                if taken > factor * read + held || grows {
                    wrong.push(about);
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

/// What is asked of one configuration or of two.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Question {
    Routes,
    Explain,
    Diff,
    Prove,
}

fn declared(text: &str, hosts: Option<&str>) -> Declared {
    let mut sources = SourceMap::default();
    sources.add("in.yaml", text);
    let cluster = manifest::load(&mut sources).value;
    let flags = Flags::parse(LATEST, [("--configmap=ingress-nginx/ingress-nginx-controller", None)]).value;
    let controller = Controller { version: LATEST, flags, environment: Environment::default() };
    let input = Input { sources, cluster, controller, guess: None, findings: Vec::new() };
    let hosts = hosts.map(|host| vec![host.to_owned()]);
    let circumstances = Circumstances { keep_environment: true, bare: hosts.is_some(), hosts, ..Circumstances::default() };
    Declared::new(input, &circumstances).expect("there are random numbers")
}

fn dynamic(declared: &Declared) -> Dynamic {
    let [certificates, settings] = [Lua::Certificates, Lua::Settings].map(|what| Written::one(&declared.asked(), what));
    let dynamic = Dynamic::new(None, certificates.as_ref(), settings.as_ref());
    dynamic.with_backends(declared.asked().upstreams.iter().map(IngressNginx::backend))
}

/// What it takes to answer.
fn ask(text: &str, other: &str, question: Question) -> AllocationInfo {
    measure(|| match question {
        Question::Routes => {
            let mut declared = declared(text, None);
            let (dynamic, mut portions) = (dynamic(&declared), Portions::default());
            declared.forget_objects();
            declared.portions(&mut |tree: &Tree<'_>, length| portions.add(&Config::lift(tree, dynamic.clone()), length, &|_| None));
            let _ = portions.finish();
        }
        Question::Explain => {
            let declared = declared(text, Some("h-000001.example.com"));
            let _ = Config::lift(&declared.tree(), dynamic(&declared));
        }
        Question::Diff => {
            let [before, after] = [text, other].map(|text| Side::Declared(Box::new(declared(text, None))));
            let _ = Comparison { hosts: &[], environment: false, is_same: false }.entries(&before, &after);
        }
        Question::Prove => {
            let sides = [text, other].map(|text| declared(text, None));
            let dynamics = [0, 1].map(|at| dynamic(&sides[at]));
            let both = [&dynamics[0], &dynamics[1]];
            let alike = Alike::of(both);
            let rest = rest([&sides[0], &sides[1]], &|name| is_host_alike(both, name), &|text| alike.serves(text));
            let Rest { texts, same, .. } = rest.expect("most hosts are the same");
            let trees = [0, 1].map(|at| conf::parse(Span::NOWHERE.file, &texts[at]).value);
            let [base, head] = [0, 1].map(|at| Config::lift(&trees[at], dynamics[at].clone()));
            let _ = prove((&base, &trees[0]), (&head, &trees[1]), &Limits { left_out: same, ..Limits::default() }, &[None, None]);
        }
    })
}

#[test]
fn memory_grows_with_what_is_asked_about() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().expect("a thread is there");
    pool.install(|| {
        let mut wrong = Vec::new();
        for (question, factor) in [(Question::Routes, 15), (Question::Explain, 13), (Question::Diff, 15), (Question::Prove, 12)] {
            let taken = |count: usize| {
                let text = hosts(count);
                // One path differs.
                let other = text.replacen("path: '/'", "path: '/other'", 1);
                let read = if matches!(question, Question::Diff | Question::Prove) { 2 * text.len() } else { text.len() };
                (ask(&text, &other, question), read as u64)
            };
            taken(500);
            let ((few, once), (many, twice)) = (taken(1000), taken(2000));
            let per_byte = many.bytes_max.saturating_sub(few.bytes_max) / (twice - once);
            if per_byte > factor || 10 * many.count_total > 24 * few.count_total {
                wrong.push(format!("{question:?}: {per_byte} bytes for each byte: {few:?}, {many:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}
