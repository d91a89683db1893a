//! Processes, events and logs.

use super::super::directives::Kind::{Any, By, Each, Flag, Milliseconds, Number, Offset, Size, Word};
use super::super::directives::{Directive, EVENTS, HTTP, MAIN, MANY, block, often, once};
use super::super::rules;
use super::HASH;

pub(in super::super) const ROWS: &[Directive] = &[
    block("events", MAIN, 0, 0),
    block("http", MAIN, 0, 0),
    block("stream", MAIN, 0, 0),
    once("daemon", MAIN, 1, 1, Flag),
    once("master_process", MAIN, 1, 1, Flag),
    once("timer_resolution", MAIN, 1, 1, Milliseconds),
    once("pid", MAIN, 1, 1, Any),
    once("lock_file", MAIN, 1, 1, Any),
    once("worker_processes", MAIN, 1, 1, Any),
    once("debug_points", MAIN, 1, 1, Word(&["stop", "abort"])),
    once("user", MAIN, 1, 2, Any),
    once("worker_priority", MAIN, 1, 1, By(rules::priority)),
    once("worker_cpu_affinity", MAIN, 1, MANY, Any),
    once("worker_rlimit_nofile", MAIN, 1, 1, Number),
    once("worker_rlimit_core", MAIN, 1, 1, Offset),
    once("worker_shutdown_timeout", MAIN, 1, 1, Milliseconds),
    often("thread_pool", MAIN, 2, 3),
    once("working_directory", MAIN, 1, 1, Any),
    often("env", MAIN, 1, 1),
    often("load_module", MAIN, 1, 1),
    once("ssl_engine", MAIN, 1, 1, Any),
    once("pcre_jit", MAIN, 1, 1, Flag),
    often("include", !0, 1, 1),
    once("worker_connections", EVENTS, 1, 1, Number),
    once("use", EVENTS, 1, 1, Any),
    once("multi_accept", EVENTS, 1, 1, Flag),
    once("accept_mutex", EVENTS, 1, 1, Flag),
    once("accept_mutex_delay", EVENTS, 1, 1, Milliseconds),
    often("debug_connection", EVENTS, 1, 1),
    once("worker_aio_requests", EVENTS, 1, 1, Number),
    once("variables_hash_max_size", HTTP, 1, 1, Each(HASH)),
    once("variables_hash_bucket_size", HTTP, 1, 1, Each(HASH)),
    once("server_names_hash_max_size", HTTP, 1, 1, Each(HASH)),
    once("server_names_hash_bucket_size", HTTP, 1, 1, Each(HASH)),
    once("connection_pool_size", HTTP, 1, 1, Size),
];
