"""The home of Airflow, and the fixtures that several folders of tests share.

Airflow reads its home when it is imported: a folder of the test run's own, never the developer's.
"""

import os
import tempfile

_HOME = tempfile.TemporaryDirectory(prefix="airflow-home-")
os.environ["AIRFLOW_HOME"] = _HOME.name
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"

pytest_plugins = ["tests.services.fixtures", "tests.services.stage", "tests.services.browser"]
