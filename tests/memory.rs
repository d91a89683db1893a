//! How much memory a run takes for what it reads and writes: counted, not timed.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "support/growing.rs"]
mod growing;

use allocation_counter::{AllocationInfo, measure};
use growing::{anchors, asked, asking, canaries, cors, endpoints, hosts, keys, one_host, paths, ports, tiny_hosts};
use ingressc::catalog::flags::Flags;
use ingressc::catalog::releases::LATEST;
use ingressc::emit::{self, Options, OutputFile, Sink};
use ingressc::lint::{self, Judgement, Subject};
use ingressc::lower::{self, Controller, Environment};
use ingressc::manifest;
use ingressc::source::SourceMap;

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
        let judgement = Judgement::of(&proxy, |as_a_whole, take| {
            assert!(!as_a_whole, "its parts have nothing to do with each other");
            target.render_for_checks(&proxy, &options, take);
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
            ("keys", 1000, 19, &keys),
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
