"""What the slowest tests earn their time with; printed with the list of the slowest ten."""

A_BOARD = "a board of its own on an emulated chip"
EARN = {
    "test_a_start_leaves_memory_and_is_quicker_than_the_watchdog": A_BOARD,
    "test_it_is_commanded_and_read_over_its_console": A_BOARD,
    "test_setup_installs_starts_and_blinks": "an emulated chip is set up from nothing, and starts",
    "test_an_hours_samples_leave_the_memory_as_it_was": "1800 samples of an emulated chip",
    "test_a_program_that_hangs_is_restarted_by_the_watchdog": "a minute of the chip's time, and a start",
    "test_it_can_be_stopped_and_restarted_from_its_console": "an emulated chip starts anew",
    "test_a_burst_is_answered_to_the_last": "fifty messages over TLS, at a quarter of the chip's pace",
    "test_a_wifi_that_is_gone_is_told_and_found_again": "an emulated chip joins its Wi-Fi anew",
    "test_a_broker_that_is_restarted_is_found_again": "the same, with its broker",
    "test_what_is_not_to_be_trusted_is_told": "the same, three times",
    "test_without_the_time_it_says_that_it_cannot_check_and_with_it_it_connects": A_BOARD,
    "test_a_broker_whose_authority_issues_under_another_of_its_roots_is_found_again": "the same",
    "test_it_can_be_stopped_while_it_waits_and_begun_again": "a board is set up twice, by mpremote",
    "test_a_board_comes_online_over_tls_and_is_toggled_and_read": "an emulated chip",
    "test_a_saved_notebook_shows_the_last_tiles_and_a_table": "a notebook is executed and opened",
    "test_a_server_killed": "thirty boards and panels on three servers, and an election when one is killed",
    "test_a_users_program_passes_the_strictest_check": "mypy reads all that a panel imports, the first time",
    "test_a_strangers_notebook_connects_nowhere_and_runs_nothing": "saved, closed and opened again",
    "test_nothing_leaves_the_machine_and_what_wanted_to_is_known": "an emulated chip joins its Wi-Fi",
    "test_an_accent_in_the_id": "an ID that nobody has is said after 12 s, and the doctor waits, too",
    "test_an_id_that_nobody_has": "the same",
    "test_board_answers_without_telemetry": "a board is called silent after 10 s",
    "test_captive_portal": "two time servers are waited for, 5 s each",
    "test_closed_loop": "the heater of the example warms up and holds its temperature in real time",
    "test_command_held_up_on_its_way": "a command lives 10 s; it comes after 11",
    "test_course_1_4_with_the_courses_own_board": "thirty answers, measured as slowly as the course does",
    "test_every_command_keeps_its_label": "three labels, each with seconds of room on the chart",
    "test_half_a_pico_of_memory_is_enough": "a burst of fifty and messages of 20 kB, in 180 kB",
    "test_half_a_pico_of_memory_is_enough_for_tls_too": "the same, and a handshake",
    "test_history_and_clicks_come_back": "thousands of readings, in a page that is opened twice",
    "test_it_finds_a_broker_that_comes_late_and_comes_again": "a board pauses before it tries again, twice",
    "test_it_works_at_its_floors_and_imports_nothing_heavy": "an environment is made for it",
    "test_a_kernel_in_a_flood_of_rubbish_stays_usable": "a flood, with work and commands in it",
    "test_p9_a_live_panel_hides_its_own_still_picture_and_not_another_notebooks": "two notebooks, saved",
    "test_p2_the_chart_streams_while_the_cell_runs_whatever_the_panel_stands_in": "one for each",
    "test_p2_nbconvert_has_picture_and_recording_of_a_panel_in_a_box": "a notebook is executed and converted",
    "test_kernel_interrupted_and_restarted": "a kernel ends and starts while the board goes on",
    "test_lecture": "the lecture's notebook runs as it stands, its readings in real time",
    "test_memory_stays_flat_at_2000_readings_a_second": "a warm-up, then 18 s of stream are compared with it",
    "test_panel_in_a_black_hole": "a way that passes nothing is found by the keepalive, within 32 s",
    "test_panels_of_two_kernels_agree": "two notebooks, each with a kernel, brought to the front in turns",
    "test_port_8883_blocked": "a firewall that swallows is known by a time-out of 10 s",
    "test_w3_a_board_and_a_panel_work_without_retained_messages": "a board says again every 10 s what it is",
    "test_w3_a_board_works_without_retained_messages_and_says_again_what_it_is": "twice, every 10 s",
    "test_port_that_never_answers": "a broker has 5 s for its answer; panel and doctor wait in turn",
    "test_queue_of_the_board_overflows": "a dropped command is unanswered only when its time is over",
    "test_spectrometer": "the spectrometer mixes colours until it has found the secret one, in real time",
    "test_start_here": "the first notebook runs as it stands, its readings in real time",
    "test_the_recording_is_renewed_at_the_end_of_a_cell_and_while_idle": "an idle kernel records every 10 s",
    "test_the_virtual_pico_and_a_page_that_is_reloaded": "eight readings are waited for, three times",
    "test_traffic_as_fast_as_it_comes_leaves_nothing_behind": "10 s of traffic, or a leak would not show",
    "test_with_a_new_kernel_it_shows_the_recorded_chart_with_its_controls_disabled": "saved, opened anew",
    "test_with_no_kernel_at_all_jupyterlab_shows_the_still_picture": "the same, without a kernel",
    "test_twine_finds_nothing_to_complain_of": "an environment is made for it",
    "test_without_the_time_it_goes_on_and_says_so": "two time servers are waited for, 5 s each",
    "test_w4_the_same_with_a_real_python_3_13": "another Python starts, and its doctor looks at every step",
}


def lines(reports):
    """Tell of each of the slowest ten that takes over 10 s what it earns its time with."""
    calls = [report for report in reports if report.when == "call" and report.duration > 10]
    for report in sorted(calls, key=lambda report: -report.duration)[:10]:
        name = report.nodeid.split("::")[-1].partition("[")[0]
        yield f"{report.duration:5.1f} s  {name}: {EARN.get(name, 'nobody has said yet')}"
