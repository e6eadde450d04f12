"""docker-compose.yml and the Dockerfile against the code they start (no engine needed)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local import processes

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "cwm-playground"]
LONG_RUNNING = [name for name in SERVICES if name != "migrate"]

#: Read by programs other than our settings: uvicorn and the images of the two stores.
FOREIGN = {"FORWARDED_ALLOW_IPS", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"}


def setting_names() -> set[str]:
    """Every variable that webapp/settings.py reads."""
    text = (ROOT / "webapp" / "settings.py").read_text()
    return set(re.findall(r"env_(?:str|bool|int|list|choice)\(\s*\"([A-Z_]+)\"", text))


def test_the_expected_services_are_there() -> None:
    assert set(SERVICES) == {
        *("migrate", "web", "worker-model", "worker-sandbox", "worker-default", "engine"),
        *("redis", "postgres"),
    }


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_is_privileged(name: str) -> None:
    service = SERVICES[name]
    assert not service.get("privileged")
    assert not service.get("cap_add")
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service["user"].startswith(("0", "root"))
    assert service.get("network_mode") is None
    assert service.get("pid") is None
    assert "docker.sock" not in str(service.get("volumes"))


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_every_long_running_service_has_a_health_check_and_restarts(name: str) -> None:
    health = SERVICES[name]["healthcheck"]
    assert health["test"][0] in {"CMD", "CMD-SHELL"}
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_every_variable_is_one_that_the_program_reads(name: str) -> None:
    names = set(SERVICES[name].get("environment", {}))
    assert names <= setting_names() | FOREIGN


def test_every_variable_asked_of_the_operator_is_in_the_example_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    asked = set(re.findall(r"\$\{([A-Z_]+)", text))
    example = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert asked <= example


def test_every_setting_is_in_the_example_file_and_in_the_operators_table() -> None:
    example = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    table = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/operations.md").read_text(), re.M))
    assert setting_names() <= example
    assert setting_names() <= table


def test_secrets_have_no_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assert text.count("${SECRET_KEY:?") == text.count("${SECRET_KEY")
    assert text.count("${POSTGRES_PASSWORD:?") == text.count("${POSTGRES_PASSWORD")


def test_only_what_signs_sessions_has_the_key() -> None:
    holders = {name for name in OURS if "SECRET_KEY" in SERVICES[name]["environment"]}
    assert holders == {"web", "migrate"}


def test_what_runs_students_programs_holds_no_secret_but_its_way_to_the_stores() -> None:
    environment = SERVICES["worker-sandbox"]["environment"]
    secret = {name for name in environment if re.search("KEY|SECRET|PASSWORD|TOKEN", name)}
    assert secret == set()
    assert [name for name, value in environment.items() if "PASSWORD" in str(value)] == [
        "DATABASE_URL"
    ]


def test_every_limit_reaches_every_container_of_ours() -> None:
    limits = re.compile("MAX_|LEASE_|STREAM_")
    wanted = {name for name in setting_names() if limits.match(name)}
    assert wanted
    for name in set(OURS) - {"engine"}:  # which reads none of the site's settings
        assert wanted <= set(SERVICES[name]["environment"])


def test_every_setting_of_the_sandbox_reaches_its_worker() -> None:
    wanted = {name for name in setting_names() if name.startswith("SANDBOX_")}
    environment = SERVICES["worker-sandbox"]["environment"]
    assert wanted <= set(environment)
    # A worker without boxes would take runs and answer each with a refusal.
    assert environment["SANDBOX_REQUIRED"] == "${SANDBOX_REQUIRED:-1}"


def test_defaults_in_the_file_are_those_of_the_settings() -> None:
    text = (ROOT / "webapp" / "settings.py").read_text()
    defaults = dict(re.findall(r"env_int\(\s*\"([A-Z_]+)\", (\d+)", text))
    environment = SERVICES["worker-sandbox"]["environment"]
    written = {
        name: match[1]
        for name, value in environment.items()
        if name in defaults and (match := re.search(r":-(\d+)\}", str(value)))
    }
    assert len(written) >= 6
    assert written == {name: defaults[name] for name in written}


@pytest.mark.parametrize("queue", processes.QUEUES)
def test_workers_run_the_same_command_line_as_on_one_machine(queue: str) -> None:
    command = SERVICES[f"worker-{queue}"]["command"]
    assert command == ["celery", *processes.worker_arguments(queue)]


def test_the_engine_runs_the_same_program_as_on_one_machine() -> None:
    here = processes.engine_process(model=Path("m"), socket=Path("s"), cache=Path("c"))
    command = SERVICES["engine"]["command"]
    assert command[1:4] == [*here.argv[1:3], "--model"]
    assert (
        str(command[command.index("--port") + 1])
        in SERVICES["worker-model"]["environment"]["EMBEDDED_URL"]
    )


def test_the_engine_is_bounded_and_sees_neither_data_nor_stores() -> None:
    engine = SERVICES["engine"]
    assert engine["mem_limit"]
    assert engine["volumes"] == []
    assert engine["networks"] == ["stores"]
    assert set(engine["environment"]) == {"MODEL_API_KEY"}


def test_the_web_server_runs_with_the_same_options_as_on_one_machine() -> None:
    command = SERVICES["web"]["command"]
    flat = [part for item in command[1:] for part in str(item).split("=", 1)]
    assert flat == list(processes.web_arguments("0.0.0.0", 8000))  # noqa: S104 - inside a container


def test_only_the_web_server_is_published_and_only_on_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_what_runs_students_programs_is_bounded_and_has_no_way_out() -> None:
    service = SERVICES["worker-sandbox"]
    assert service["networks"] == ["stores"]
    assert COMPOSE["networks"]["stores"]["internal"] is True
    assert {"mem_limit", "pids_limit", "cpus"} <= set(service)


def test_the_health_check_of_the_web_server_is_answered_to_its_own_address() -> None:
    hosts = SERVICES["web"]["environment"]["ALLOWED_HOSTS"]
    assert hosts.endswith(",127.0.0.1")


def test_every_volume_and_network_in_use_is_declared() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in COMPOSE["volumes"]
        for network in service.get("networks", []):
            assert network in COMPOSE["networks"]


def test_the_image_copies_only_what_exists_and_runs_as_an_ordinary_user() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    copies = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M)
    for source in (name for line in copies for name in line.split()):
        assert (ROOT / source).exists(), source
    assert "USER 1000:1000" in text
    assert text.index("USER 1000:1000") > text.rindex("RUN ")


def test_the_images_python_is_the_one_whose_semantics_traces_follow() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    assert set(re.findall(r"FROM python:(\d+\.\d+)", text)) == {"3.11"}


def test_everything_of_ours_keeps_its_root_file_system_read_only() -> None:
    assert all(SERVICES[name]["read_only"] for name in OURS)
