"""supervisord's configuration and the processes in it."""

from __future__ import annotations

import configparser
import json
from pathlib import Path

from deploy.local import processes, supervision

HOST, PORT = "127.0.0.1", 8000


def _configuration() -> configparser.RawConfigParser:
    redis = processes.redis_process("/usr/bin/redis-server", Path("/srv/x/redis.conf"))
    site = processes.site_processes(host=HOST, port=PORT)
    text = supervision.configuration(Path("/srv/x"), redis, site, open_files=1024)
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return parser


def test_every_process_is_restarted_logged_with_rotation_and_killed_as_a_group() -> None:
    parser = _configuration()
    programs = [name for name in parser.sections() if name.startswith("program:")]
    assert {name.removeprefix("program:") for name in programs} == {
        *("redis", "web", "worker-model", "worker-sandbox", "worker-default")
    }
    for name in programs:
        assert parser[name]["autorestart"] == "true"
        assert parser[name]["killasgroup"] == "true"
        assert parser[name]["stdout_logfile_maxbytes"] == "10MB"
        assert "tether.py" in parser[name]["command"]


def test_redis_stops_after_everything_that_writes_to_it() -> None:
    parser = _configuration()
    assert int(parser["program:redis"]["priority"]) < int(parser["group:site"]["priority"])


def test_without_an_own_redis_there_is_no_redis_program() -> None:
    site = processes.site_processes(host=HOST, port=PORT)
    assert "program:redis" not in supervision.configuration(
        Path("/srv/x"), None, site, open_files=1024
    )


def test_the_commands_survive_any_characters_in_paths() -> None:
    strange = Path("/srv/50% of; my # files/redis.conf")
    redis = processes.redis_process("/opt/a b/redis-server", strange)
    read = json.loads(supervision.commands([redis]))
    assert read["redis"]["argv"] == ["/opt/a b/redis-server", str(strange)]


def test_each_queue_has_a_worker_and_model_streams_get_threads() -> None:
    site = {process.name: process for process in processes.site_processes(host=HOST, port=PORT)}
    model = site["worker-model"].argv
    assert model[model.index("-P") + 1] == "threads"
    assert model[model.index("-Q") + 1] == "model"
    sandbox = site["worker-sandbox"].argv
    assert sandbox[sandbox.index("-P") + 1] == "prefork"


def test_the_group_has_ended_before_the_last_resort_is_used() -> None:
    from deploy.local import run

    site = processes.site_processes(host=HOST, port=PORT)
    redis = processes.redis_process("redis-server", Path("redis.conf"))
    slowest = max(process.stop_within_s for process in site) + redis.stop_within_s
    assert slowest < run.STOP_WITHIN_S


def test_the_engine_is_restarted_like_the_others_and_does_not_hold_the_site_up() -> None:
    engine = processes.engine_process(
        model=Path("/srv/model"), socket=Path("/srv/x/engine.sock"), cache=Path("/srv/cache")
    )
    text = supervision.configuration(Path("/srv/x"), None, [engine], open_files=1024)
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    assert parser["program:engine"]["autorestart"] == "true"
    assert not engine.essential
