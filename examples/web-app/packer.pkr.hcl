# Makes the image that the pipeline copies and deploys: Amazon Linux 2023 with Tomcat 10.1 on port
# 8080 and this application. `mvn verify` comes first. It uses the default VPC of the region.
#
# The build's role may touch only what bears the tag Pipeline = <stack name>. So run_tags and
# run_volume_tags set it; the image and its snapshots inherit it from there. Leave out "tags",
# "snapshot_tags", "ami_regions", "encrypt_boot", spot prices and instance profiles: the role lacks what
# they take, and copying is the pipeline's next stage.

packer {
  required_version = ">= 1.10.0"

  required_plugins {
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = "~> 1.8"
    }
  }
}

variable "pipeline" {
  type        = string
  description = "Name of the pipeline's stack. Everything made here is tagged with it."

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,127}$", var.pipeline))
    error_message = "The variable pipeline is the name of a CloudFormation stack, as web-app-pipeline."
  }
}

variable "commit" {
  type        = string
  description = "What the application is built from. The pipeline sets it by the variable COMMIT."
  default     = env("COMMIT")
}

variable "region" {
  type        = string
  description = "Region to build in: the pipeline's own, which CodeBuild names in AWS_REGION."
  default     = env("AWS_REGION")
}

variable "instance_type" {
  type        = string
  description = "Instance type to build on, of the x86_64 architecture."
  default     = "t3.small"
}

variable "war" {
  type        = string
  description = "The application, as Maven leaves it."
  default     = "target/ROOT.war"
}

locals {
  made = formatdate("YYYYMMDD'T'hhmmss'Z'", timestamp())
}

source "amazon-ebs" "web_app" {
  region          = var.region
  instance_type   = var.instance_type
  ami_name        = "${substr(var.pipeline, 0, 100)}-${local.made}"
  ami_description = "Web app on Tomcat 10.1, commit ${var.commit == "" ? "unknown" : substr(var.commit, 0, 100)}"
  imds_support    = "v2.0"

  # The standard image, not the minimal one: it has the agent of Systems Manager.
  source_ami_filter {
    owners      = ["amazon"]
    most_recent = true

    filters = {
      name                = "al2023-ami-2023.*-x86_64"
      architecture        = "x86_64"
      root-device-type    = "ebs"
      virtualization-type = "hvm"
    }
  }

  launch_block_device_mappings {
    device_name           = "/dev/xvda"
    volume_type           = "gp3"
    encrypted             = true
    delete_on_termination = true
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  run_tags = {
    Pipeline = var.pipeline
  }

  run_volume_tags = {
    Pipeline = var.pipeline
  }

  # The key and the group live as long as the build; only the build's own address may come in.
  communicator                              = "ssh"
  ssh_username                              = "ec2-user"
  ssh_clear_authorized_keys                 = true
  temporary_key_pair_type                   = "ed25519"
  temporary_security_group_source_public_ip = true
}

build {
  sources = ["source.amazon-ebs.web_app"]

  provisioner "file" {
    source      = var.war
    destination = "/tmp/ROOT.war"
  }

  provisioner "shell" {
    inline_shebang = "/bin/bash -eu"

    inline = [
      "sudo dnf --assumeyes --quiet install aws-cfn-bootstrap java-21-amazon-corretto-headless tomcat10",
      "sudo install -o root -g tomcat -m 0640 /tmp/ROOT.war /usr/share/tomcat10/webapps/ROOT.war",
      "rm /tmp/ROOT.war",
      "sudo systemctl enable --now tomcat10",

      # What does not serve here would serve nowhere: then there is no image.
      "curl --silent --show-error --fail --retry 60 --retry-delay 1 --retry-all-errors http://localhost:8080/health",
      "test -x /opt/aws/bin/cfn-signal",

      # What is this instance's own, no other one should find.
      "sudo systemctl stop tomcat10",
      "sudo sh -c 'rm -rf /var/log/tomcat*/*'",
      "sudo dnf --quiet clean all",
      "sudo truncate --size 0 /etc/machine-id",
    ]
  }
}
