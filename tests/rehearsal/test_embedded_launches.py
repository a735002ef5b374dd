"""Every committed template launches in the embedded AWS, as the two seeds put them together."""

from __future__ import annotations

from embedded import HOME_REGION, Clouds
from seeds import first_seed, second_seed
from templates.committed import NAMES, pipeline_of

from rehearsal.embedded_aws import root


def test_every_committed_template_launches(clouds: Clouds) -> None:
    one, other, china = clouds.account(), clouds.account(), clouds.account()
    launched = {**first_seed(clouds, one), **second_seed(clouds, other, china)}
    assert sorted(launched) == NAMES
    for template, account in (("multi-region-pipeline", one), ("global-china-pipeline", other)):
        codepipeline = clouds.home.client("codepipeline", HOME_REGION, root(account))
        (found,) = codepipeline.list_pipelines()["pipelines"]
        stages = codepipeline.get_pipeline(name=found["name"])["pipeline"]["stages"]
        assert len(stages) == len(pipeline_of(template)["Stages"])
